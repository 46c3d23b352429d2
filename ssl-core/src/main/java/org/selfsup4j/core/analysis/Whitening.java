package org.selfsup4j.core.analysis;

import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;

/**
 * Principal components of equal weight: {@code y = diag(variance)^(-1/2) V (x - mean)}, where the
 * rows of V are the eigenvectors of the covariance with the largest variances.
 *
 * @param mean [D]
 * @param projection [k, D] in row-major order, each direction divided by its standard deviation
 * @param components k
 */
public record Whitening(double[] mean, float[] projection, int components) {

  // what the products in float leave of a direction in which nothing varies
  private static final double NOTHING = 1e-6;

  /**
   * Learns it of rows. Directions with less than a millionth of the largest variance hold nothing
   * but rounding and are left out, so there may be fewer components than wanted.
   *
   * @param wanted components at most
   * @throws IllegalArgumentException if {@code wanted} is not positive, or all rows are equal
   */
  public static Whitening of(FeatureRows rows, int wanted, Kernels kernels, Arena arena) {
    if (wanted < 1) {
      throw new IllegalArgumentException(
          "components is " + wanted + ": whitening keeps at least 1");
    }
    double[] mean = rows.mean();
    SymmetricEigen.Decomposition principal;
    try (RowBlocks blocks = new RowBlocks(rows, rows.width(), mean, kernels, arena)) {
      principal = SymmetricEigen.decompose(blocks.scatter());
    }
    double[] variances = principal.values();
    if (!(variances[0] > 0)) {
      throw new IllegalArgumentException(
          "all "
              + rows.count()
              + " rows of features are equal: the encoder has collapsed, or the images are equal");
    }
    int kept = 0;
    while (kept < Math.min(wanted, variances.length) && variances[kept] > NOTHING * variances[0]) {
      kept++;
    }
    float[] projection = new float[kept * rows.width()];
    for (int k = 0; k < kept; k++) {
      double deviation = Math.sqrt(variances[k] / rows.count());
      for (int i = 0; i < rows.width(); i++) {
        projection[k * rows.width() + i] = (float) (principal.vectors()[k][i] / deviation);
      }
    }
    return new Whitening(mean, projection, kept);
  }

  /** The components of rows of width D: [N, k]. */
  public FeatureRows apply(FeatureRows rows, Kernels kernels, Arena arena) {
    if (rows.width() != mean.length) {
      throw new IllegalArgumentException(
          "rows of width "
              + rows.width()
              + " were given to a whitening of width "
              + mean.length
              + ": make both with one encoder");
    }
    try (RowBlocks blocks = new RowBlocks(rows, components, mean, kernels, arena)) {
      return new FeatureRows(rows.count(), components, blocks.times(projection, components));
    }
  }
}
