package org.selfsup4j.core.data;

import java.util.OptionalInt;
import org.selfsup4j.core.random.RandomStream;

/**
 * Blurs with a normal distribution of random width. The border is reflected. Any number of
 * channels; gives floats.
 *
 * @param sigma range of the standard deviation in pixels, above 0
 * @param kernelSize an odd number of pixels; empty for SimCLR's rule, a tenth of the shorter side
 *     made odd (SimCLR, appendix A: 23 for 224, 3 for 32, none below 20)
 */
public record GaussianBlur(Range sigma, OptionalInt kernelSize) implements Augmentation {

  /** Checks the range and the size. */
  public GaussianBlur {
    Require.inside("sigma", sigma, Double.MIN_VALUE, Double.MAX_VALUE);
    if (kernelSize.isPresent() && (kernelSize.getAsInt() < 1 || kernelSize.getAsInt() % 2 == 0)) {
      throw new IllegalArgumentException(
          "kernelSize is " + kernelSize.getAsInt() + ": it must be odd, so that it has a middle");
    }
  }

  /** Standard deviations from 0.1 to 2 pixels and a kernel by the image's size: SimCLR. */
  public static GaussianBlur simClr() {
    return new GaussianBlur(Range.of(0.1, 2.0), OptionalInt.empty());
  }

  /** The same with another range of the standard deviation in pixels. */
  public GaussianBlur withSigma(double low, double high) {
    return new GaussianBlur(Range.of(low, high), kernelSize);
  }

  /** The same with a fixed kernel of {@code size} pixels. */
  public GaussianBlur withKernelSize(int size) {
    return new GaussianBlur(sigma, OptionalInt.of(size));
  }

  @Override
  public Image apply(Image image, RandomStream random) {
    double deviation = sigma.draw(random);
    int radius =
        kernelSize.isPresent()
            ? kernelSize.getAsInt() / 2
            : Math.min(image.height(), image.width()) / 20;
    if (radius == 0) {
      return image;
    }
    return image.withPixels(blur(image, half(radius, deviation)));
  }

  /** The kernel's middle and the weights to one side of it; all of them sum to 1. */
  private static float[] half(int radius, double deviation) {
    double[] weights = new double[radius + 1];
    double sum = 0;
    for (int i = 0; i <= radius; i++) {
      weights[i] = StrictMath.exp(-0.5 * (i / deviation) * (i / deviation));
      sum += i == 0 ? weights[i] : 2 * weights[i];
    }
    float[] result = new float[radius + 1];
    for (int i = 0; i <= radius; i++) {
      result[i] = (float) (weights[i] / sum);
    }
    return result;
  }

  private static float[] blur(Image image, float[] half) {
    int height = image.height();
    int channels = image.channels();
    int run = image.width() * channels;
    int radius = half.length - 1;
    float[][] rows = new float[height][run];
    for (int y = 0; y < height; y++) {
      image.readRow(y, 0, image.width(), rows[y]);
    }
    float[] result = new float[height * run];
    float[] padded = new float[run + 2 * radius * channels];
    float[] left = new float[run];
    float[] right = new float[run];
    float[] sum = new float[run];
    for (int y = 0; y < height; y++) {
      Rows.scale(rows[y], half[0], sum, run);
      for (int k = 1; k <= radius; k++) { // down the column
        float[] above = rows[Border.REFLECT.source(y - k, height)];
        float[] below = rows[Border.REFLECT.source(y + k, height)];
        Rows.addScaledPair(above, below, half[k], sum, run);
      }
      reflect(sum, padded, image.width(), channels, radius);
      Rows.scale(sum, half[0], sum, run);
      for (int k = 1; k <= radius; k++) { // along the row: k pixels on is a run of memory shifted
        System.arraycopy(padded, (radius - k) * channels, left, 0, run);
        System.arraycopy(padded, (radius + k) * channels, right, 0, run);
        Rows.addScaledPair(left, right, half[k], sum, run);
      }
      System.arraycopy(sum, 0, result, y * run, run);
    }
    return result;
  }

  private static void reflect(float[] row, float[] padded, int width, int channels, int radius) {
    System.arraycopy(row, 0, padded, radius * channels, width * channels);
    for (int i = 1; i <= radius; i++) {
      int left = Border.REFLECT.source(-i, width) * channels;
      int right = Border.REFLECT.source(width - 1 + i, width) * channels;
      System.arraycopy(row, left, padded, (radius - i) * channels, channels);
      System.arraycopy(row, right, padded, (radius + width - 1 + i) * channels, channels);
    }
  }
}
