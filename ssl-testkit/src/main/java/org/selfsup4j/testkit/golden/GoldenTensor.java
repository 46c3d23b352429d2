package org.selfsup4j.testkit.golden;

import java.util.Arrays;
import java.util.Locale;

/**
 * A stored result: all its values, or their sum, their l2 norm and some samples.
 *
 * <p>The rule of comparison, with rms the root mean square of the stored tensor: an entry may
 * differ by {@code relative * max(|want|, rms) + absolute}, the l2 norm by {@code relative * l2},
 * the sum by {@code relative * max(|sum|, l2)}.
 */
public final class GoldenTensor {

  private final String where;
  private final long[] shape;
  private final int[] indices; // of the entries below; null: all, in order
  private final double[] entries;
  private final double sum;
  private final double l2;

  private GoldenTensor(
      String where, long[] shape, int[] indices, double[] entries, double sum, double l2) {
    this.where = where;
    this.shape = shape;
    this.indices = indices;
    this.entries = entries;
    this.sum = sum;
    this.l2 = l2;
  }

  static GoldenTensor full(String where, long[] shape, double[] values) {
    if (values.length != Fill.count(shape)) {
      throw new IllegalStateException(
          where + ": " + values.length + " values for shape " + Arrays.toString(shape));
    }
    return new GoldenTensor(where, shape, null, values, sum(values), l2(values));
  }

  static GoldenTensor summary(
      String where, long[] shape, double sum, double l2, int[] indices, double[] samples) {
    return new GoldenTensor(where, shape, indices, samples, sum, l2);
  }

  /** The sizes of its axes. */
  public long[] shape() {
    return shape.clone();
  }

  /** How many elements it has, stored or not. */
  public int count() {
    return Fill.count(shape);
  }

  /** Whether every element is stored. */
  public boolean isFull() {
    return indices == null;
  }

  /**
   * Every element, in row-major order.
   *
   * @throws IllegalStateException if only a summary is stored
   */
  public double[] values() {
    if (!isFull()) {
      throw new IllegalStateException(
          where + " stores a summary, not every value: compare with assertMatches");
    }
    return entries.clone();
  }

  /** Sum of all elements. */
  public double sum() {
    return sum;
  }

  /** Square root of the sum of squares of all elements. */
  public double l2() {
    return l2;
  }

  /**
   * Compares shape and values.
   *
   * @param gotShape sizes of the computed tensor's axes
   * @param got its elements in row-major order
   * @throws AssertionError naming file, case, entry, got and want
   */
  public void assertMatches(long[] gotShape, double[] got, Tolerance tolerance) {
    if (!Arrays.equals(shape, gotShape)) {
      throw new AssertionError(
          where + ": shape " + Arrays.toString(gotShape) + ", want " + Arrays.toString(shape));
    }
    assertMatches(got, tolerance);
  }

  /**
   * Compares values, and for a summary also sum and norm.
   *
   * @param got elements of the computed tensor in row-major order
   * @throws AssertionError naming file, case, entry, got and want
   */
  public void assertMatches(double[] got, Tolerance tolerance) {
    checkCount(got);
    assertEntries(got, tolerance);
    if (!isFull()) {
      double gotSum = sum(got);
      if (!(Math.abs(gotSum - sum) <= tolerance.ofSum(sum, l2))) {
        throw new AssertionError(difference("sum", gotSum, sum, tolerance.ofSum(sum, l2)));
      }
      assertL2Matches(got, tolerance);
    }
  }

  /** See {@link #assertMatches(double[], Tolerance)}. */
  public void assertMatches(float[] got, Tolerance tolerance) {
    assertMatches(widened(got), tolerance);
  }

  /**
   * Compares the l2 norm alone: for gradients of networks with ReLU in float32, where single
   * entries jump when a rounding takes another side.
   */
  public void assertL2Matches(double[] got, Tolerance tolerance) {
    checkCount(got);
    double gotL2 = l2(got);
    if (!(Math.abs(gotL2 - l2) <= tolerance.ofNorm(l2))) {
      throw new AssertionError(difference("l2", gotL2, l2, tolerance.ofNorm(l2)));
    }
  }

  /** See {@link #assertL2Matches(double[], Tolerance)}. */
  public void assertL2Matches(float[] got, Tolerance tolerance) {
    assertL2Matches(widened(got), tolerance);
  }

  private void assertEntries(double[] got, Tolerance tolerance) {
    double rms = l2 / Math.sqrt(count());
    int wrong = 0;
    int worst = -1;
    double worstExcess = -1;
    for (int i = 0; i < entries.length; i++) {
      double bound = tolerance.ofEntry(entries[i], rms);
      double difference = Math.abs(got[indexOf(i)] - entries[i]);
      if (!(difference <= bound)) { // also where it is NaN
        wrong++;
        double excess = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference / bound;
        if (excess > worstExcess) {
          worst = i;
          worstExcess = excess;
        }
      }
    }
    if (wrong > 0) {
      int index = indexOf(worst);
      String entry = "entry " + index + " " + Arrays.toString(coordinates(index));
      double bound = tolerance.ofEntry(entries[worst], rms);
      throw new AssertionError(
          difference(entry, got[index], entries[worst], bound)
              + String.format(
                  Locale.ROOT,
                  "; the worst of %d wrong among %d compared of %d",
                  wrong,
                  entries.length,
                  count()));
    }
  }

  private int indexOf(int entry) {
    return indices == null ? entry : indices[entry];
  }

  private long[] coordinates(int index) {
    long[] coordinates = new long[shape.length];
    long rest = index;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      coordinates[axis] = rest % shape[axis];
      rest /= shape[axis];
    }
    return coordinates;
  }

  private void checkCount(double[] got) {
    if (got.length != count()) {
      throw new AssertionError(
          where
              + ": "
              + got.length
              + " values, want "
              + count()
              + " of shape "
              + Arrays.toString(shape));
    }
  }

  private String difference(String what, double got, double want, double bound) {
    return String.format(
        Locale.ROOT,
        "%s: %s: got %.9g, want %.9g, difference %.3g, allowed %.3g",
        where,
        what,
        got,
        want,
        Math.abs(got - want),
        bound);
  }

  private static double[] widened(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  private static double sum(double[] values) {
    return Arrays.stream(values).sum();
  }

  private static double l2(double[] values) {
    double squares = 0;
    for (double value : values) {
      squares += value * value;
    }
    return Math.sqrt(squares);
  }
}
