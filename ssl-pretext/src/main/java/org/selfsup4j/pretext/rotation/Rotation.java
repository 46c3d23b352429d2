package org.selfsup4j.pretext.rotation;

import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.module.Linear;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.ImageTask;
import org.selfsup4j.core.task.Loss;
import org.selfsup4j.core.task.Step;
import org.selfsup4j.core.tensor.Losses;
import org.selfsup4j.core.tensor.Tensor;

/**
 * Rotation prediction (Gidaris, Singh and Komodakis 2018, "Unsupervised representation learning by
 * predicting image rotations"): which of four quarter turns was done to the image? Deviation: one
 * random turn of each image a step, where section 3.1 puts all four into the batch.
 *
 * @param encoder whose features shall know what is up
 * @param head features to the four turns
 * @param options what is done to an image besides
 */
public record Rotation(ImageEncoder encoder, Linear head, Options options)
    implements ImageTask<Rotation.Example, Rotation.Batch> {

  /**
   * Settings.
   *
   * @param augmentation applied before the turn; gives square images, and should normalise last
   */
  public record Options(Augmentation augmentation) {}

  /** An image turned counter-clockwise. */
  public record Example(Image image, int quarterTurns) {}

  /** Images [N, C, H, W] and turns [N]. */
  public record Batch(Tensor image, Tensor quarterTurns) {}

  /** With a fresh head. */
  public static Rotation of(ImageEncoder encoder, Options options, RandomStream random) {
    return new Rotation(encoder, Linear.of(encoder.width(), 4, random.at("head")), options);
  }

  @Override
  public Example example(Sample<Image> sample, RandomStream random) {
    int turns = random.at("turns").nextInt(4);
    Image image = options.augmentation.apply(sample.value(), random.at("augmentation"));
    if (image.height() != image.width()) {
      throw new IllegalArgumentException(
          "rotation needs square images, got "
              + image.height()
              + "x"
              + image.width()
              + ": let the augmentation crop squares");
    }
    return new Example(image.rotate90(turns), turns);
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Tensor features = encoder.features(batch.image(), step.pass()); // [N, D]
    Tensor logits = head.apply(features, step.pass()); // [N, 4]
    return Loss.of(Losses.crossEntropy(logits, batch.quarterTurns()))
        .with("accuracy", Losses.accuracy(logits, batch.quarterTurns()));
  }
}
