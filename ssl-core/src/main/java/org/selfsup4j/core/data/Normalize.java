package org.selfsup4j.core.data;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import org.selfsup4j.core.random.RandomStream;

/**
 * Centres and scales each channel: {@code (value - mean) / std}. The image must have as many
 * channels as there are means. Gives floats.
 *
 * @param mean of each channel, for values in [0, 1]
 * @param std standard deviation of each channel, not 0
 */
public record Normalize(List<Double> mean, List<Double> std) implements Augmentation {

  /** Checks that there is one of each for a channel. */
  public Normalize {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    if (mean.isEmpty() || mean.size() != std.size()) {
      throw new IllegalArgumentException(
          "mean " + mean + " and std " + std + ": give one number for each channel in both");
    }
    for (double value : std) {
      if (value == 0 || !Double.isFinite(value)) {
        throw new IllegalArgumentException("std is " + std + ": none may be 0 or infinite");
      }
    }
  }

  /** Means and standard deviations of the channels. */
  public static Normalize of(double[] mean, double[] std) {
    return new Normalize(
        DoubleStream.of(mean).boxed().toList(), DoubleStream.of(std).boxed().toList());
  }

  /** ImageNet's red, green and blue, as torchvision's weights expect them. */
  public static Normalize imageNet() {
    return new Normalize(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));
  }

  /** CIFAR-10's red, green and blue over its 50,000 training images. */
  public static Normalize cifar10() {
    return new Normalize(List.of(0.4914, 0.4822, 0.4465), List.of(0.2470, 0.2435, 0.2616));
  }

  /** Any number of {@code channels} from [0, 1] to [-1, 1]. */
  public static Normalize symmetric(int channels) {
    return new Normalize(
        DoubleStream.generate(() -> 0.5).limit(channels).boxed().toList(),
        DoubleStream.generate(() -> 0.5).limit(channels).boxed().toList());
  }

  /** The change that undoes this one, for showing a normalised image. */
  public Normalize inverse() {
    List<Double> means = new ArrayList<>();
    List<Double> deviations = new ArrayList<>();
    for (int c = 0; c < mean.size(); c++) {
      means.add(-mean.get(c) / std.get(c));
      deviations.add(1 / std.get(c));
    }
    return new Normalize(means, deviations);
  }

  @Override
  public Image apply(Image image, RandomStream random) {
    if (image.channels() != mean.size()) {
      throw new IllegalArgumentException(
          "Normalize has "
              + mean.size()
              + " means, but "
              + image
              + " has "
              + image.channels()
              + " channels: give one mean and one std for each channel");
    }
    int run = image.width() * image.channels();
    float[] factor = new float[run];
    float[] shift = new float[run];
    for (int i = 0; i < run; i++) {
      int c = i % image.channels();
      factor[i] = (float) (1 / std.get(c));
      shift[i] = (float) (-mean.get(c) / std.get(c));
    }
    float[] pixels = new float[image.height() * run];
    float[] row = new float[run];
    for (int y = 0; y < image.height(); y++) {
      image.readRow(y, 0, image.width(), row);
      Rows.scaleAndShift(row, factor, shift, run);
      System.arraycopy(row, 0, pixels, y * run, run);
    }
    return image.withPixels(pixels);
  }
}
