package org.selfsup4j.core.tensor;

/**
 * Images of another size. Both directions are products with a small matrix of weights: {@code A x
 * B^T}; pixel centres lie at half-integers (align_corners = false).
 */
public final class Resampling {

  private Resampling() {}

  /** How a new pixel is made of old ones. */
  public enum Interpolation {
    /** Straight lines between neighbours. */
    BILINEAR,
    /** Cubic convolution (Keys 1981), a = -0.75, or -0.5 with antialias. */
    BICUBIC
  }

  /**
   * [N, C, H, W] becomes [N, C, rows, columns].
   *
   * @param antialias whether the kernel widens where the image shrinks, as in Pillow
   */
  public static Tensor resize(
      Tensor x, int rows, int columns, Interpolation interpolation, boolean antialias) {
    if (x.rank() != 4 || rows < 1 || columns < 1) {
      throw new ShapeException(
          "resize needs images [N, C, H, W] and sizes of at least 1, got "
              + x.shape()
              + " and "
              + rows
              + "x"
              + columns);
    }
    return separable(
        x,
        weights((int) x.size(2), rows, interpolation, antialias),
        weights((int) x.size(3), columns, interpolation, antialias));
  }

  /** {@code A x B^T} of every map, with rows of weights. */
  static Tensor separable(Tensor x, double[][] a, double[][] b) {
    Tensor left = matrix(x, a);
    Tensor right = matrix(x, b);
    return Products.matmul(Products.matmul(left, x), right.transpose());
  }

  private static Tensor matrix(Tensor x, double[][] weights) {
    double[] flat = new double[weights.length * weights[0].length];
    for (int i = 0; i < weights.length; i++) {
      System.arraycopy(weights[i], 0, flat, i * weights[0].length, weights[0].length);
    }
    return Operation.of("resize", x)
        .session()
        .tensor(x.type(), flat, weights.length, weights[0].length);
  }

  /** Row o holds the weights of the old pixels in new pixel o. */
  static double[][] weights(int in, int out, Interpolation interpolation, boolean antialias) {
    double[][] weights = new double[out][in];
    double scale = (double) in / out;
    for (int o = 0; o < out; o++) {
      if (antialias) {
        antialiased(weights[o], (o + 0.5) * scale, Math.max(scale, 1), interpolation);
      } else {
        plain(weights[o], (o + 0.5) * scale - 0.5, interpolation);
      }
    }
    return weights;
  }

  private static void plain(double[] row, double x, Interpolation interpolation) {
    if (interpolation == Interpolation.BILINEAR) {
      double at = Math.max(x, 0);
      int left = (int) Math.min(Math.floor(at), row.length - 1);
      row[left] += 1 - (at - left);
      row[Math.min(left + 1, row.length - 1)] += at - left;
      return;
    }
    int left = (int) Math.floor(x);
    for (int i = left - 1; i <= left + 2; i++) { // the border is repeated
      row[Math.min(Math.max(i, 0), row.length - 1)] += cubic(x - i, -0.75);
    }
  }

  private static void antialiased(
      double[] row, double centre, double stretch, Interpolation interpolation) {
    double support = (interpolation == Interpolation.BILINEAR ? 1 : 2) * stretch;
    int from = (int) Math.max(0, centre - support + 0.5);
    int to = (int) Math.min(row.length, centre + support + 0.5);
    double total = 0;
    for (int i = from; i < to; i++) {
      double distance = (i + 0.5 - centre) / stretch;
      row[i] =
          interpolation == Interpolation.BILINEAR
              ? Math.max(0, 1 - Math.abs(distance))
              : cubic(distance, -0.5);
      total += row[i];
    }
    for (int i = from; i < to; i++) {
      row[i] /= total;
    }
  }

  private static double cubic(double distance, double a) {
    double d = Math.abs(distance);
    if (d <= 1) {
      return ((a + 2) * d - (a + 3)) * d * d + 1;
    }
    return d < 2 ? (((d - 5) * d + 8) * d - 4) * a : 0;
  }
}
