package org.selfsup4j.eval.finetune;

import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.module.Linear;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.ImageTask;
import org.selfsup4j.core.task.Loss;
import org.selfsup4j.core.task.Step;
import org.selfsup4j.core.tensor.Losses;
import org.selfsup4j.core.tensor.Tensor;

/**
 * The task of fine-tuning: guess the label, with everything trained. Its logits are features, too,
 * so that they can be taken of a test set as any encoder's are.
 *
 * @param encoder trained with the head
 * @param head one linear layer, [classes, D]
 * @param augmentation of the training images; its last step should normalise
 */
record Classification(ImageEncoder encoder, Linear head, Augmentation augmentation)
    implements ImageTask<Classification.Example, Classification.Batch>, ImageEncoder {

  record Example(Image image, int label) {}

  record Batch(Tensor image, Tensor label) {}

  @Override
  public Example example(Sample<Image> sample, RandomStream random) {
    return new Example(augmentation.apply(sample.value(), random), sample.label().orElseThrow());
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Tensor logits = features(batch.image(), step.pass()); // [N, classes]
    return Loss.of(Losses.crossEntropy(logits, batch.label()))
        .with("accuracy", Losses.accuracy(logits, batch.label()));
  }

  /** The logits. */
  @Override
  public Tensor features(Tensor images, Pass pass) {
    return head.apply(encoder.features(images, pass), pass); // [N, D] -> [N, classes]
  }

  @Override
  public int width() {
    return (int) head.weight().shape().size(0);
  }

  @Override
  public int channels() {
    return encoder.channels();
  }
}
