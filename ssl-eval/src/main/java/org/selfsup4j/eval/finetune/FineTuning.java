package org.selfsup4j.eval.finetune;

import java.util.List;
import java.util.Locale;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Batches;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.LoadedBatch;
import org.selfsup4j.core.data.Loader;
import org.selfsup4j.core.data.LoaderOptions;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.module.Linear;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.optim.AdamW;
import org.selfsup4j.core.optim.ParameterGroup;
import org.selfsup4j.core.optim.WarmupCosine;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Precision;
import org.selfsup4j.core.train.LoaderShare;
import org.selfsup4j.core.train.StepRunner;
import org.selfsup4j.core.train.TrainingPlan;
import org.selfsup4j.eval.features.Extraction;
import org.selfsup4j.eval.features.Features;
import org.selfsup4j.eval.features.Matrix;
import org.selfsup4j.eval.report.Comparison;
import org.selfsup4j.eval.report.Score;

/**
 * How well an encoder classifies after all of it was trained on a part of the labels: see the
 * package for the recipe. Equal seeds give equal images, heads and batches.
 *
 * <pre>{@code
 * Comparison both =
 *     FineTuning.of(pretrained, augmentation)
 *         .compare(untrained, pretrained, train, test, extraction, kernels);
 * }</pre>
 *
 * @param labels which labels are used
 * @param steps of training
 * @param batch images of a step; all labelled ones where there are fewer
 * @param rate highest learning rate
 * @param weightDecay of AdamW
 * @param layerDecay how the rate shrinks towards the pixels
 * @param augmentation of the training images; its last step should normalise
 * @param precision that training computes in; scores are computed in float32
 */
public record FineTuning(
    LabelledFraction labels,
    int steps,
    int batch,
    double rate,
    double weightDecay,
    LayerDecay layerDecay,
    Augmentation augmentation,
    Precision precision) {

  /** The table's column. */
  public static final String COLUMN = "finetuned";

  /** Checks the ranges. */
  public FineTuning {
    if (steps < 1 || batch < 1) {
      throw new IllegalArgumentException(
          "steps is " + steps + " and batch is " + batch + ": both must be at least 1");
    }
    if (!(rate > 0) || !(weightDecay >= 0)) {
      throw new IllegalArgumentException(
          "rate is "
              + rate
              + " and weightDecay is "
              + weightDecay
              + ": the rate must be above 0, the decay not negative");
    }
  }

  /**
   * A tenth of the labels, 600 steps of 64 images, decay .05, float32, seed 0; for an encoder of
   * blocks a rate of 1e-3 that shrinks by .75 a block, for others 1e-2 throughout. Weights before a
   * batch norm grow while they are pretrained, and large ones turn less at the same rate: an
   * encoder of convolutions that is fine-tuned at 1e-3 hardly leaves where it came from.
   */
  public static FineTuning of(ImageEncoder encoder, Augmentation augmentation) {
    LayerDecay decay = LayerDecay.of(encoder);
    return new FineTuning(
        new LabelledFraction(0.1, 0),
        600,
        64,
        decay.equals(LayerDecay.none()) ? 1e-2 : 1e-3,
        0.05,
        decay,
        augmentation,
        Precision.FLOAT32);
  }

  /** The same with other labels. */
  public FineTuning withLabels(LabelledFraction other) {
    return new FineTuning(
        other, steps, batch, rate, weightDecay, layerDecay, augmentation, precision);
  }

  /** The same for another number of steps, of other batches. */
  public FineTuning withSteps(int newSteps, int newBatch) {
    return new FineTuning(
        labels, newSteps, newBatch, rate, weightDecay, layerDecay, augmentation, precision);
  }

  /** The same at another rate. */
  public FineTuning withRate(double other) {
    return new FineTuning(
        labels, steps, batch, other, weightDecay, layerDecay, augmentation, precision);
  }

  /** The same with rates that shrink towards the pixels. */
  public FineTuning withLayerDecay(LayerDecay other) {
    return new FineTuning(labels, steps, batch, rate, weightDecay, other, augmentation, precision);
  }

  /** The same computed in another precision. */
  public FineTuning withPrecision(Precision other) {
    return new FineTuning(labels, steps, batch, rate, weightDecay, layerDecay, augmentation, other);
  }

  /**
   * Rows {@code untrained} and {@code pretrained}, each fine-tuned the same way. Both encoders are
   * changed by it.
   *
   * @param train labelled; a part of its labels is used
   * @param test labelled images that are scored
   * @param extraction how test images are prepared
   */
  public Comparison compare(
      ImageEncoder untrained,
      ImageEncoder pretrained,
      Source<Image> train,
      Source<Image> test,
      Extraction extraction,
      Kernels kernels) {
    return new Comparison(
        List.of(COLUMN),
        List.of(
            row("untrained", untrained, train, test, extraction, kernels),
            row("pretrained", pretrained, train, test, extraction, kernels)));
  }

  private Comparison.Row row(
      String name,
      ImageEncoder encoder,
      Source<Image> train,
      Source<Image> test,
      Extraction extraction,
      Kernels kernels) {
    String what = name + " " + encoder.getClass().getSimpleName();
    return new Comparison.Row(
        name, List.of(score(encoder, what, train, test, extraction, kernels)));
  }

  /**
   * The accuracy of {@code encoder} on {@code test} after fine-tuning; the encoder is changed by
   * it.
   *
   * @param name what the score calls the encoder
   * @throws IllegalArgumentException if labels are missing, or the layer decay does not fit
   */
  public Score score(
      ImageEncoder encoder,
      String name,
      Source<Image> train,
      Source<Image> test,
      Extraction extraction,
      Kernels kernels) {
    Source<Image> labelled = labels.of(train);
    Classification tuned = train(encoder, labelled, kernels);
    Features seen = Features.extract(tuned, name, labelled, extraction, kernels);
    Features logits = Features.extract(tuned, name, test, extraction, kernels);
    Features.requireComparable(seen, logits);
    return Score.of(protocol(labelled.size()), seen, logits, largest(logits.matrix()), List.of())
        .withSeed(labels.seed());
  }

  /** Trains {@code encoder} and a fresh head on all of {@code labelled}. */
  Classification train(ImageEncoder encoder, Source<Image> labelled, Kernels kernels) {
    int size = (int) Math.min(batch, labelled.size());
    RandomStream random = RandomStream.of(labels.seed()).at("finetune head");
    Classification task =
        new Classification(
            encoder, Linear.of(encoder.width(), classes(labelled), random), augmentation);
    TrainingPlan plan =
        TrainingPlan.of(1, size)
            .withSeed(labels.seed())
            .withPrecision(precision)
            .withOptimizer(AdamW.withDecay(weightDecay), WarmupCosine.of(rate))
            .withGroups(layerDecay.groups(Parts.of(task)).toArray(ParameterGroup[]::new));
    LoaderShare share = LoaderShare.of(Runtime.getRuntime().availableProcessors());
    LoaderOptions options =
        LoaderOptions.training(size, labels.seed())
            .withThreads(share.threads())
            .withPrefetch(share.prefetch());
    try (var loader = new Loader<>(labelled, task::example, task.stacking(), options);
        var runner = new StepRunner<>(task, plan, kernels, steps)) {
      long done = 0;
      for (long epoch = 0; done < steps; epoch++) {
        try (Batches<Classification.Batch> batches = loader.epoch(epoch)) {
          while (done < steps && batches.hasNext()) {
            try (LoadedBatch<Classification.Batch> loaded = batches.next()) {
              runner.run(done++, epoch, loaded::open, false);
            }
          }
        }
      }
    }
    return task;
  }

  private static int classes(Source<Image> labelled) {
    int most = 0;
    for (long i = 0; i < labelled.size(); i++) {
      most = Math.max(most, labelled.label(i).orElseThrow());
    }
    return Math.max(2, most + 1); // one class alone would have nothing to tell it from
  }

  private static int[] largest(Matrix logits) {
    int[] best = new int[logits.rows()];
    for (int row = 0; row < best.length; row++) {
      for (int column = 1; column < logits.columns(); column++) {
        if (logits.at(row, column) > logits.at(row, best[row])) {
          best[row] = column;
        }
      }
    }
    return best;
  }

  private String protocol(long labelled) {
    return String.format(
        Locale.ROOT,
        "fine-tuned on %s of the labels (%d), %d steps of %d images, AdamW %s, decay %s, layer decay"
            + " %s, %s, %s",
        labels.fraction(),
        labelled,
        steps,
        Math.min(batch, labelled),
        rate,
        weightDecay,
        layerDecay.factor(),
        precision,
        augmentation);
  }
}
