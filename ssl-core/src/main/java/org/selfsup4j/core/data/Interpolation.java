package org.selfsup4j.core.data;

/**
 * How values between pixels are found when an image is resized. Both are separable; pixel centres
 * lie at half coordinates ({@code align_corners = false} in PyTorch's words).
 */
public enum Interpolation {
  /** Straight lines between two neighbours. */
  BILINEAR(1) {
    @Override
    double weight(double distance, boolean antialias) {
      return Math.max(0, 1 - Math.abs(distance));
    }
  },

  /**
   * Keys' cubic convolution over four neighbours, with a = -0.5 where antialiased (as Pillow) and
   * -0.75 where not (as OpenCV and PyTorch). Results may leave the range of the input.
   */
  BICUBIC(2) {
    @Override
    double weight(double distance, boolean antialias) {
      double a = antialias ? -0.5 : -0.75;
      double x = Math.abs(distance);
      if (x < 1) {
        return ((a + 2) * x - (a + 3)) * x * x + 1;
      }
      return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
    }
  };

  private final int radius;

  Interpolation(int radius) {
    this.radius = radius;
  }

  /** Pixels on each side that have a weight when nothing is stretched. */
  int radius() {
    return radius;
  }

  /** The weight of a pixel {@code distance} pixels away. */
  abstract double weight(double distance, boolean antialias);
}
