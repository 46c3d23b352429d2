package org.selfsup4j.core.task;

import org.selfsup4j.core.analysis.SymmetricEigen;

/**
 * How far the embeddings of a batch are spread: what tells a run that learns from one that has
 * collapsed, where every image gets the same embedding or all lie in a few directions.
 *
 * @param samples N, embeddings measured
 * @param width D, numbers of an embedding
 * @param deviation the standard deviation (unbiased, over samples) of the L2-normalised embeddings,
 *     mean over the D numbers: 0 when all point the same way, {@link #evenDeviation} when they are
 *     spread evenly (Chen and He 2021, "Exploring Simple Siamese Representation Learning", figure
 *     2)
 * @param effectiveRank in how many directions the embeddings lie, from 1 to min(N, D): see {@link
 *     #effectiveRank(double[], int, int)}
 */
public record Collapse(int samples, int width, double deviation, double effectiveRank) {

  // p = singular value / sum + 1e-7: Garrido et al. 2023, "RankMe", equation 1
  private static final double LEAST_SHARE = 1e-7;

  /**
   * Measures embeddings. Where one of them is not finite, both measures are NaN. The time grows
   * with {@code max(N, D) min(N, D)^2}: some milliseconds for [256, 128].
   *
   * @param embeddings [N, D] in row-major order
   * @throws IllegalArgumentException if there are fewer than two samples, or not N D numbers
   */
  public static Collapse of(double[] embeddings, int samples, int width) {
    check(embeddings.length, samples, width);
    if (samples < 2) {
      throw new IllegalArgumentException(
          "samples is " + samples + ": a spread needs at least 2 embeddings");
    }
    return new Collapse(
        samples,
        width,
        deviation(embeddings, samples, width),
        effectiveRank(embeddings, samples, width));
  }

  /** The same of floats. */
  public static Collapse of(float[] embeddings, int samples, int width) {
    return of(doubles(embeddings), samples, width);
  }

  /**
   * The exponential of the entropy of the singular values, each as its share of their sum: D where
   * D directions are equally strong, 1 where there is but one. Embeddings are not centred. From 1
   * to min(N, D); for embeddings that are all zero min(N, D) too, and NaN where one is not finite.
   *
   * @param embeddings [N, D] in row-major order
   */
  public static double effectiveRank(double[] embeddings, int samples, int width) {
    check(embeddings.length, samples, width);
    double largest = 0;
    for (double value : embeddings) {
      largest = Math.max(largest, Math.abs(value)); // NaN stays
    }
    if (!Double.isFinite(largest)) {
      return Double.NaN;
    }
    double[] squares = SymmetricEigen.values(gram(embeddings, samples, width));
    double sum = 0;
    for (int i = 0; i < squares.length; i++) {
      squares[i] = Math.sqrt(Math.max(0, squares[i])); // now singular values
      sum += squares[i];
    }
    double entropy = 0;
    for (double value : squares) {
      double share = (sum == 0 ? 1.0 / squares.length : value / sum) + LEAST_SHARE;
      entropy -= share * Math.log(share);
    }
    return Math.exp(entropy);
  }

  /** The same of floats. */
  public static double effectiveRank(float[] embeddings, int samples, int width) {
    return effectiveRank(doubles(embeddings), samples, width);
  }

  /** The deviation of embeddings that are spread evenly over all directions: 1 / sqrt(D). */
  public double evenDeviation() {
    return 1 / Math.sqrt(width);
  }

  /** The deviation in parts of the even one: near 1 where embeddings are spread, 0 collapsed. */
  public double relativeDeviation() {
    return deviation / evenDeviation();
  }

  private static double deviation(double[] embeddings, int samples, int width) {
    double[] unit = new double[embeddings.length];
    double[] mean = new double[width];
    for (int n = 0; n < samples; n++) {
      double square = 0;
      for (int d = 0; d < width; d++) {
        square += embeddings[n * width + d] * embeddings[n * width + d];
      }
      double norm = Math.max(Math.sqrt(square), 1e-12); // PyTorch's normalize
      for (int d = 0; d < width; d++) {
        unit[n * width + d] = embeddings[n * width + d] / norm;
        mean[d] += unit[n * width + d] / samples;
      }
    }
    double[] variance = new double[width];
    for (int n = 0; n < samples; n++) {
      for (int d = 0; d < width; d++) {
        double from = unit[n * width + d] - mean[d];
        variance[d] += from * from / (samples - 1);
      }
    }
    double sum = 0;
    for (double value : variance) {
      sum += Math.sqrt(value);
    }
    return sum / width;
  }

  /** The smaller of X X' and X' X, whose eigenvalues are the squares of X's singular values. */
  private static double[][] gram(double[] x, int samples, int width) {
    boolean tall = samples >= width;
    int size = tall ? width : samples;
    double[][] gram = new double[size][size];
    double[] row = new double[size];
    for (int k = 0; k < (tall ? samples : width); k++) {
      for (int i = 0; i < size; i++) {
        row[i] = tall ? x[k * width + i] : x[i * width + k];
      }
      for (int i = 0; i < size; i++) {
        double factor = row[i];
        double[] target = gram[i];
        for (int j = 0; j < size; j++) {
          target[j] += factor * row[j];
        }
      }
    }
    return gram;
  }

  private static double[] doubles(float[] floats) {
    double[] doubles = new double[floats.length];
    for (int i = 0; i < floats.length; i++) {
      doubles[i] = floats[i];
    }
    return doubles;
  }

  private static void check(int given, int samples, int width) {
    if (samples < 1 || width < 1 || given != (long) samples * width) {
      throw new IllegalArgumentException(
          "embeddings of "
              + samples
              + " samples of width "
              + width
              + " are "
              + (long) samples * width
              + " numbers, given are "
              + given);
    }
  }
}
