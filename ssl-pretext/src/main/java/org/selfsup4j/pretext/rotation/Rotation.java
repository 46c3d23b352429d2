package org.selfsup4j.pretext.rotation;

import java.util.List;
import java.util.stream.IntStream;
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
import org.selfsup4j.pretext.parts.FirstAxes;
import org.selfsup4j.pretext.parts.Fitting;

/**
 * Rotation prediction (Gidaris, Singh and Komodakis 2018, "Unsupervised representation learning by
 * predicting image rotations"): which of four quarter turns was done to the image? Equations and
 * deviations are in the package's description.
 *
 * @param encoder whose features shall know what is up
 * @param head features to the four turns
 * @param options how many turns of an image are shown, and what is done to it besides
 */
public record Rotation(ImageEncoder encoder, Linear head, Options options)
    implements ImageTask<Rotation.Example, Rotation.Batch> {

  /** How many quarter turns there are. */
  public static final int TURNS = 4;

  /**
   * Settings.
   *
   * @param copies of an image in a batch, each turned in another way: 1 to 4
   * @param augmentation applied before the turns; gives square images, and should normalise last
   */
  public record Options(int copies, Augmentation augmentation) {

    /** Checks the range. */
    public Options {
      if (copies < 1 || copies > TURNS) {
        throw new IllegalArgumentException(
            "copies is " + copies + ": there are " + TURNS + " turns, so it must be 1 to " + TURNS);
      }
    }

    /** All four turns of each image: section 3.1. A batch of N gives 4N images to the encoder. */
    public static Options paper(Augmentation augmentation) {
      return new Options(TURNS, augmentation);
    }

    /** One turn of each image, drawn anew in each epoch: more images in the same time. */
    public static Options small(Augmentation augmentation) {
      return new Options(1, augmentation);
    }

    /** The same with another number of copies. */
    public Options withCopies(int copies) {
      return new Options(copies, augmentation);
    }
  }

  /** An image turned counter-clockwise, once or in several ways; and by how many quarter turns. */
  public record Example(List<Image> images, List<Integer> quarterTurns) {}

  /** Images [K, N, C, H, W] and turns [K, N], K copies. */
  public record Batch(Tensor images, Tensor quarterTurns) {}

  /** Refuses a head that does not fit. */
  public Rotation {
    Fitting.requireFeatures("the head", head.inputs(), encoder);
    Fitting.requireLogits("the head", head.outputs(), TURNS, "turns");
  }

  /** With a fresh head. */
  public static Rotation of(ImageEncoder encoder, Options options, RandomStream random) {
    return new Rotation(encoder, Linear.of(encoder.width(), TURNS, random.at("head")), options);
  }

  @Override
  public Example example(Sample<Image> sample, RandomStream random) {
    int first = random.at("turns").nextInt(TURNS);
    Image image = options.augmentation.apply(sample.value(), random.at("augmentation"));
    if (image.height() != image.width()) {
      throw new IllegalArgumentException(
          "rotation needs square images, got "
              + image.height()
              + "x"
              + image.width()
              + ": let the augmentation crop squares");
    }
    Fitting.requireImage(image, encoder);
    List<Integer> turns =
        IntStream.range(0, options.copies).mapToObj(i -> (first + i) % TURNS).toList();
    return new Example(turns.stream().map(image::rotate90).toList(), turns);
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Tensor turns = FirstAxes.merged(batch.quarterTurns()); // [K N]
    Tensor features = encoder.features(FirstAxes.merged(batch.images()), step.pass()); // [K N, D]
    Tensor logits = head.apply(features, step.pass()); // [K N, 4]
    return Loss.of(Losses.crossEntropy(logits, turns))
        .with("accuracy", Losses.accuracy(logits, turns))
        .watch("features", features);
  }
}
