package org.selfsup4j.eval.geometry;

import java.util.Locale;
import org.selfsup4j.eval.features.Features;
import org.selfsup4j.eval.features.Matrix;

/**
 * How near the features of two views of an image are, and how evenly features fill the sphere: the
 * two properties that contrastive losses want (Wang and Isola 2020, "Understanding Contrastive
 * Representation Learning through Alignment and Uniformity on the Hypersphere"). Features are
 * normalised to unit length first.
 *
 * @param alignment the mean squared distance of two views of one image: 0 to 4, less is better
 * @param uniformity the logarithm of the mean of {@code exp(-2 d^2)} over all pairs of different
 *     images at distance d: 0 where all are equal, about -4 at best
 * @param samples that were measured
 */
public record AlignmentUniformity(double alignment, double uniformity, int samples) {

  /**
   * Measures two views of the same images; uniformity is the first views'. The time grows with the
   * square of the number of samples: some thousand are enough.
   *
   * @throws IllegalArgumentException if the two differ in size, or there are fewer than two samples
   */
  public static AlignmentUniformity of(Features first, Features second) {
    Matrix x = first.matrix();
    Matrix y = second.matrix();
    if (x.rows() != y.rows() || x.columns() != y.columns()) {
      throw new IllegalArgumentException(
          "the views have features " + x + " and " + y + ": give two views of the same images");
    }
    if (x.rows() < 2) {
      throw new IllegalArgumentException("there is 1 sample: pairs need at least 2");
    }
    double[][] a = unit(x);
    double[][] b = unit(y);
    double alignment = 0;
    for (int i = 0; i < a.length; i++) {
      alignment += squaredDistance(a[i], b[i]) / a.length;
    }
    return new AlignmentUniformity(alignment, uniformity(a), a.length);
  }

  private static double uniformity(double[][] x) {
    double sum = 0;
    for (int i = 1; i < x.length; i++) {
      for (int j = 0; j < i; j++) {
        sum += Math.exp(-2 * squaredDistance(x[i], x[j]));
      }
    }
    return Math.log(sum / (x.length * (x.length - 1.0) / 2));
  }

  private static double squaredDistance(double[] a, double[] b) {
    double sum = 0;
    for (int d = 0; d < a.length; d++) {
      sum += (a[d] - b[d]) * (a[d] - b[d]);
    }
    return sum;
  }

  private static double[][] unit(Matrix matrix) {
    double[][] rows = new double[matrix.rows()][matrix.columns()];
    for (int i = 0; i < rows.length; i++) {
      double square = 0;
      for (int d = 0; d < rows[i].length; d++) {
        rows[i][d] = matrix.at(i, d);
        square += rows[i][d] * rows[i][d];
      }
      double length = Math.max(Math.sqrt(square), 1e-12); // PyTorch's normalize
      for (int d = 0; d < rows[i].length; d++) {
        rows[i][d] /= length;
      }
    }
    return rows;
  }

  /** One line. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "alignment %.4f, uniformity %.4f (squared distance, t = 2; %d samples)",
        alignment,
        uniformity,
        samples);
  }
}
