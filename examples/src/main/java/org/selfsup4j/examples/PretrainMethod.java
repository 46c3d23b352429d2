package org.selfsup4j.examples;

import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.task.ImageTask;
import org.selfsup4j.core.train.TrainingPlan;

/**
 * A way to pretrain, at its settings for small images: what {@code pretrain} runs and {@code
 * compare} compares.
 *
 * @param usual the encoder where none is asked for
 * @param taskOf makes the task
 * @param rate the highest learning rate where none is asked for
 * @param planOf says by which rule it is trained
 * @param finetuned whether its features are judged by fine-tuning, too: those of a method that
 *     fills in pixels are not made to be told apart by a line
 */
record PretrainMethod(
    EncoderChoice usual, TaskOf taskOf, double rate, PlanOf planOf, boolean finetuned) {

  PretrainMethod(EncoderChoice usual, TaskOf taskOf, double rate, PlanOf planOf) {
    this(usual, taskOf, rate, planOf, false);
  }

  /** The same, judged by fine-tuning as well. */
  PretrainMethod withFineTuning() {
    return new PretrainMethod(usual, taskOf, rate, planOf, true);
  }

  /** The encoder of {@code kind} as the task wants it; equal seeds give equal weights. */
  ImageEncoder encoder(EncoderChoice kind, int side, long seed) {
    return taskOf.prepared(kind.make(side, seed));
  }

  /** The plan at the usual rate. */
  TrainingPlan plan(int epochs, int batch) {
    return planOf.make(epochs, batch, rate);
  }

  /** How a task is made of data and encoder. */
  interface TaskOf {
    ImageTask<?, ?> make(DataChoice data, ImageEncoder encoder, int side, long seed);

    /** What is trained on: the images of the data, unless the task labels them. */
    default Source<Image> source(DataChoice data, int side, long seed, Kernels kernels) {
      return data.train();
    }

    /** The encoder as the task wants it, trained or not. */
    default ImageEncoder prepared(ImageEncoder encoder) {
      return encoder;
    }

    /** The encoder that is saved and scored. */
    default ImageEncoder result(ImageTask<?, ?> task, ImageEncoder encoder) {
      return encoder;
    }
  }

  /** How long a task is trained, and by which rule. */
  interface PlanOf {
    TrainingPlan make(int epochs, int batch, double rate);
  }
}
