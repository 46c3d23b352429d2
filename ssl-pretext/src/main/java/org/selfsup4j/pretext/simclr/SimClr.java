package org.selfsup4j.pretext.simclr;

import java.util.List;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.ImageTask;
import org.selfsup4j.core.task.Loss;
import org.selfsup4j.core.task.Step;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.pretext.parts.ProjectionHead;

/**
 * SimCLR (Chen, Kornblith, Norouzi and Hinton 2020, "A simple framework for contrastive learning of
 * visual representations"): two views of an image shall be nearer to each other than to all other
 * views of the batch.
 *
 * @param encoder h = f(x), section 2.1
 * @param projector z = g(h)
 * @param options temperature and views
 */
public record SimClr(ImageEncoder encoder, ProjectionHead projector, Options options)
    implements ImageTask<SimClr.Example, SimClr.Batch> {

  /**
   * Settings.
   *
   * @param temperature of equation 1
   * @param augmentation makes a view; its last step should normalise
   */
  public record Options(double temperature, Augmentation augmentation) {

    /** Checks the temperature. */
    public Options {
      if (!(temperature > 0)) {
        throw new IllegalArgumentException(
            "temperature is " + temperature + ": it must be above 0, usually .05 to 1");
      }
    }

    /** The same with another temperature. */
    public Options withTemperature(double newTemperature) {
      return new Options(newTemperature, augmentation);
    }
  }

  /** Two views of one image. */
  public record Example(List<Image> views) {}

  /** Views [2, N, C, H, W]. */
  public record Batch(Tensor views) {}

  /** With a projector of one hidden layer as wide as the features, to {@code dimension}. */
  public static SimClr of(
      ImageEncoder encoder, int dimension, Options options, RandomStream random) {
    int width = encoder.width();
    return new SimClr(
        encoder, ProjectionHead.of(random.at("projector"), width, width, dimension), options);
  }

  @Override
  public Example example(Sample<Image> sample, RandomStream random) {
    Image image = sample.value();
    return new Example(
        List.of(
            options.augmentation.apply(image, random.at(0)),
            options.augmentation.apply(image, random.at(1))));
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Tensor views = batch.views();
    Pass pass = step.pass();
    Tensor images =
        views.reshape(
            2 * views.size(1), views.size(2), views.size(3), views.size(4)); // [2N, C, H, W]
    Tensor z = projector.apply(encoder.features(images, pass), pass); // [2N, d]
    NtXent result = NtXent.of(z, options.temperature);
    return Loss.of(result.loss()).with("accuracy", result.accuracy()).watch("projection", z);
  }

  @Override
  public void check(int batchSize, long samples) {
    if (batchSize < 2) {
      throw new IllegalArgumentException(
          "SimCLR compares the images of a batch: batchSize is "
              + batchSize
              + ", it must be at least 2, better 64 and more");
    }
  }
}
