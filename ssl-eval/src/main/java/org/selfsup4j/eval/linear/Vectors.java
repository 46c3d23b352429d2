package org.selfsup4j.eval.linear;

/** Sums over arrays of one length. */
final class Vectors {

  private Vectors() {}

  /** Four sums side by side: one alone waits for each addition before the next. */
  static double dot(double[] a, double[] b) {
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    int even = a.length & ~3;
    for (int i = 0; i < even; i += 4) {
      sum0 += a[i] * b[i];
      sum1 += a[i + 1] * b[i + 1];
      sum2 += a[i + 2] * b[i + 2];
      sum3 += a[i + 3] * b[i + 3];
    }
    for (int i = even; i < a.length; i++) {
      sum0 += a[i] * b[i];
    }
    return (sum0 + sum1) + (sum2 + sum3);
  }

  /** {@code y += factor x}. */
  static void addScaled(double factor, double[] x, double[] y) {
    for (int i = 0; i < x.length; i++) {
      y[i] += factor * x[i];
    }
  }

  /** The largest absolute value. */
  static double largest(double[] x) {
    double largest = 0;
    for (double value : x) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  static double[] difference(double[] a, double[] b) {
    double[] difference = a.clone();
    addScaled(-1, b, difference);
    return difference;
  }
}
