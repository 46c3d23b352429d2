package org.selfsup4j.eval.linear;

import org.selfsup4j.eval.features.Matrix;

/**
 * Each feature minus its mean, over its standard deviation (unbiased) plus 1e-6, both of the
 * training samples. A feature that is constant there says nothing and becomes 0 everywhere, so that
 * what it does in the test samples is not blown up.
 */
final class Standardisation {

  private static final double FLOAT_RESOLUTION = 1e-7;

  private final double[] mean;
  private final double[] factor;

  private Standardisation(double[] mean, double[] factor) {
    this.mean = mean;
    this.factor = factor;
  }

  static Standardisation of(Matrix train) {
    int width = train.columns();
    int rows = train.rows();
    double[] mean = new double[width];
    double[] variance = new double[width];
    float[] row = new float[width];
    for (int i = 0; i < rows; i++) {
      train.copyRow(i, row, 0);
      for (int j = 0; j < width; j++) {
        mean[j] += row[j] / (double) rows;
      }
    }
    for (int i = 0; i < rows; i++) {
      train.copyRow(i, row, 0);
      for (int j = 0; j < width; j++) {
        variance[j] += (row[j] - mean[j]) * (row[j] - mean[j]);
      }
    }
    double[] factor = new double[width];
    for (int j = 0; j < width; j++) {
      double deviation = Math.sqrt(variance[j] / Math.max(1, rows - 1));
      boolean constant = deviation <= FLOAT_RESOLUTION * Math.abs(mean[j]);
      factor[j] = constant ? 0 : 1 / (deviation + 1e-6);
    }
    return new Standardisation(mean, factor);
  }

  /** Rows {@code from} to {@code to} (exclusive) in row-major order. */
  float[] apply(Matrix matrix, int from, int to) {
    int width = mean.length;
    float[] rows = new float[(to - from) * width];
    float[] row = new float[width];
    for (int i = from; i < to; i++) {
      matrix.copyRow(i, row, 0);
      int start = (i - from) * width;
      for (int j = 0; j < width; j++) {
        rows[start + j] = (float) ((row[j] - mean[j]) * factor[j]);
      }
    }
    return rows;
  }
}
