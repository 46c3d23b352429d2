package org.selfsup4j.benchmarks;

import java.util.Arrays;
import java.util.Locale;

/** Small arithmetic on measured figures. */
final class Figures {

  private Figures() {}

  /** The middle value; the mean of the two middle ones of an even number. */
  static double median(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
  }

  /** Rounded to so many digits behind the point. */
  static double round(double value, int digits) {
    return Double.parseDouble(String.format(Locale.ROOT, "%." + digits + "f", value));
  }
}
