package org.selfsup4j.core.analysis;

/**
 * The features of N samples on the Java heap, one row each.
 *
 * @param count N
 * @param width D
 * @param values [N, D] in row-major order; not copied, and not to be written to
 */
public record FeatureRows(int count, int width, float[] values) {

  private static final double LEAST_LENGTH = 1e-12; // PyTorch's normalize

  /**
   * Checks the sizes and that every number is finite.
   *
   * @throws IllegalArgumentException naming the first row that is not
   */
  public FeatureRows {
    if (count < 1 || width < 1 || values.length != (long) count * width) {
      throw new IllegalArgumentException(
          count
              + " rows of "
              + width
              + " features are "
              + (long) count * width
              + " numbers (at least one), given are "
              + values.length);
    }
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "feature "
                + i % width
                + " of row "
                + i / width
                + " is "
                + values[i]
                + ": did the training diverge?");
      }
    }
  }

  /** The same rows divided by their Euclidean lengths. */
  public FeatureRows normalized() {
    float[] unit = new float[values.length];
    for (int row = 0; row < count; row++) {
      double square = 0;
      for (int i = row * width; i < (row + 1) * width; i++) {
        square += (double) values[i] * values[i];
      }
      double length = Math.max(Math.sqrt(square), LEAST_LENGTH);
      for (int i = row * width; i < (row + 1) * width; i++) {
        unit[i] = (float) (values[i] / length);
      }
    }
    return new FeatureRows(count, width, unit);
  }

  /** The mean of all rows: [D]. */
  double[] mean() {
    return means(new int[count], 1);
  }

  /**
   * The mean of the rows of each group.
   *
   * @param groups [N], each in [0, {@code number}) and none without rows
   * @return [number, D] in row-major order
   */
  double[] means(int[] groups, int number) {
    double[] sums = new double[Math.multiplyExact(number, width)];
    int[] counts = new int[number];
    for (int row = 0; row < count; row++) {
      counts[groups[row]]++;
      int from = row * width;
      int to = groups[row] * width;
      for (int i = 0; i < width; i++) {
        sums[to + i] += values[from + i];
      }
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] /= counts[i / width];
    }
    return sums;
  }

  /** The square of the distance between a row and row {@code other} of {@code points}. */
  double squaredDistance(int row, float[] points, int other) {
    double sum = 0;
    int from = row * width;
    int to = other * width;
    for (int i = 0; i < width; i++) {
      double difference = (double) values[from + i] - points[to + i];
      sum += difference * difference;
    }
    return sum;
  }
}
