package org.selfsup4j.pretext.simclr;

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
import org.selfsup4j.pretext.parts.Fitting;
import org.selfsup4j.pretext.parts.Head;
import org.selfsup4j.pretext.parts.ProjectionHead;
import org.selfsup4j.pretext.parts.Temperature;
import org.selfsup4j.pretext.parts.ViewPair;
import org.selfsup4j.pretext.parts.ViewPairs;

/**
 * SimCLR (Chen, Kornblith, Norouzi and Hinton 2020, "A simple framework for contrastive learning of
 * visual representations"): two views of an image shall be nearer to each other than to all other
 * views of the batch. Equations and deviations are in the package's description.
 *
 * @param encoder h = f(x), section 2.1
 * @param projector z = g(h)
 * @param options temperature and views
 */
public record SimClr(ImageEncoder encoder, Head projector, Options options)
    implements ImageTask<ViewPair, ViewPairs> {

  /**
   * Settings.
   *
   * @param dimension d of what is compared, which {@link #of} gives the projector
   * @param temperature of equation 1
   * @param augmentation makes a view; its last step should normalise
   */
  public record Options(int dimension, double temperature, Augmentation augmentation) {

    /** Checks the ranges. */
    public Options {
      if (dimension < 1) {
        throw new IllegalArgumentException("dimension is " + dimension + ": it must be at least 1");
      }
      Temperature.require("temperature", temperature);
    }

    /** d = 128, temperature .1: section 2.3 and table 5, for ImageNet and batches of thousands. */
    public static Options paper(Augmentation augmentation) {
      return new Options(128, 0.1, augmentation);
    }

    /** d = 64: for images of about 32x32 and encoders of some hundred features. */
    public static Options small(Augmentation augmentation) {
      return new Options(64, 0.1, augmentation);
    }

    /** The same with a projector to another number of dimensions. */
    public Options withDimension(int dimension) {
      return new Options(dimension, temperature, augmentation);
    }

    /** The same with another temperature. */
    public Options withTemperature(double temperature) {
      return new Options(dimension, temperature, augmentation);
    }
  }

  /** Refuses a projector that was not made for the encoder. */
  public SimClr {
    Fitting.requireFeatures("the projector", projector.width(), encoder);
    Fitting.requireEqual(
        "the options ask for", options.dimension, "the projector gives", projector.dimension());
  }

  /** With a projector of one hidden layer, as wide as the features. */
  public static SimClr of(ImageEncoder encoder, Options options, RandomStream random) {
    int width = encoder.width();
    return new SimClr(
        encoder,
        ProjectionHead.of(random.at("projector"), width, width, options.dimension),
        options);
  }

  @Override
  public void check(int batchSize, long samples) {
    Fitting.requireOthers("SimCLR", batchSize);
  }

  @Override
  public ViewPair example(Sample<Image> sample, RandomStream random) {
    return ViewPair.of(sample.value(), options.augmentation, random).requireFor(encoder);
  }

  @Override
  public Loss loss(ViewPairs batch, Step step) {
    Pass pass = step.pass();
    Tensor z = projector.apply(encoder.features(batch.all(), pass), pass); // [2N, d]
    NtXent result = NtXent.of(z, options.temperature);
    return Loss.of(result.loss()).with("accuracy", result.accuracy()).watch("projection", z);
  }
}
