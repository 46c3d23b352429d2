package org.selfsup4j.core.data;

import org.selfsup4j.core.random.RandomStream;

/**
 * A window of random area and shape, resized to one size with antialiasing ("Inception crop";
 * Szegedy et al. 2015; as torchvision draws it). Any number of channels; gives floats.
 *
 * @param height of the result in pixels
 * @param width of the result in pixels
 * @param scale share of the image's area that the window covers, within (0, 1]
 * @param ratio width over height of the window, drawn evenly in its logarithm
 * @param interpolation between pixels
 */
public record RandomResizedCrop(
    int height, int width, Range scale, Range ratio, Interpolation interpolation)
    implements Augmentation {

  private static final Range DEFAULT_SCALE = Range.of(0.08, 1); // SimCLR, appendix A
  private static final Range DEFAULT_RATIO = Range.of(3 / 4.0, 4 / 3.0);
  private static final int ATTEMPTS = 10; // then the largest window in the middle, as torchvision

  /** Checks sizes and ranges. */
  public RandomResizedCrop {
    Require.size("height", height);
    Require.size("width", width);
    Require.inside("scale", scale, Double.MIN_VALUE, 1);
    Require.inside("ratio", ratio, Double.MIN_VALUE, Double.MAX_VALUE);
  }

  /**
   * Windows of 0.08 to 1 of the area and ratio 3/4 to 4/3, bilinear, to a square of {@code side}.
   */
  public static RandomResizedCrop of(int side) {
    return new RandomResizedCrop(side, side, DEFAULT_SCALE, DEFAULT_RATIO, Interpolation.BILINEAR);
  }

  /** The same with another share of the area. */
  public RandomResizedCrop withScale(double low, double high) {
    return new RandomResizedCrop(height, width, Range.of(low, high), ratio, interpolation);
  }

  /** The same with other shapes, width over height. */
  public RandomResizedCrop withRatio(double low, double high) {
    return new RandomResizedCrop(height, width, scale, Range.of(low, high), interpolation);
  }

  /** The same with another interpolation. */
  public RandomResizedCrop withInterpolation(Interpolation other) {
    return new RandomResizedCrop(height, width, scale, ratio, other);
  }

  @Override
  public Image apply(Image image, RandomStream random) {
    long area = (long) image.height() * image.width();
    for (int i = 0; i < ATTEMPTS; i++) {
      double wanted = area * scale.draw(random);
      double shape =
          StrictMath.exp(random.uniform(StrictMath.log(ratio.low()), StrictMath.log(ratio.high())));
      int w = (int) Math.rint(Math.sqrt(wanted * shape));
      int h = (int) Math.rint(Math.sqrt(wanted / shape));
      if (w >= 1 && w <= image.width() && h >= 1 && h <= image.height()) {
        int top = random.nextInt(image.height() - h + 1);
        int left = random.nextInt(image.width() - w + 1);
        return resized(image, top, left, h, w);
      }
    }
    return largest(image);
  }

  /** The window in the middle that is as large as the allowed shapes let it be. */
  private Image largest(Image image) {
    int h = image.height();
    int w = image.width();
    double shape = (double) w / h;
    if (shape < ratio.low()) {
      h = Math.max(1, Math.min(h, (int) Math.rint(w / ratio.low())));
    } else if (shape > ratio.high()) {
      w = Math.max(1, Math.min(w, (int) Math.rint(h * ratio.high())));
    }
    return resized(image, (image.height() - h) / 2, (image.width() - w) / 2, h, w);
  }

  private Image resized(Image image, int top, int left, int h, int w) {
    return image.resizedCrop(top, left, h, w, height, width, interpolation, true);
  }
}
