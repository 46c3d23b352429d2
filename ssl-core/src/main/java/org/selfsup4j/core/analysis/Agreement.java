package org.selfsup4j.core.analysis;

import java.util.HashMap;
import java.util.Map;

/** How far two clusterings of the same rows agree, whatever their clusters are called. */
public final class Agreement {

  private Agreement() {}

  /**
   * The normalised mutual information {@code I(A; B) / sqrt(H(A) H(B))}: 1 where each determines
   * the other, 0 where they are independent, or where one of them has but one cluster.
   *
   * @param a [N]
   * @param b [N]
   */
  public static double normalizedMutualInformation(int[] a, int[] b) {
    if (a.length != b.length || a.length == 0) {
      throw new IllegalArgumentException(
          "clusterings of " + a.length + " and " + b.length + " rows: both must be of the same");
    }
    Map<Integer, Integer> first = new HashMap<>();
    Map<Integer, Integer> second = new HashMap<>();
    Map<Long, Integer> both = new HashMap<>();
    for (int i = 0; i < a.length; i++) {
      first.merge(a[i], 1, Integer::sum);
      second.merge(b[i], 1, Integer::sum);
      both.merge((long) a[i] << 32 | b[i], 1, Integer::sum);
    }
    double n = a.length;
    double mutual = entropy(first, n) + entropy(second, n) - entropy(both, n);
    double scale = Math.sqrt(entropy(first, n) * entropy(second, n));
    return scale == 0 ? 0 : Math.max(0, mutual) / scale;
  }

  private static double entropy(Map<?, Integer> counts, double n) {
    double entropy = 0;
    for (int count : counts.values()) {
      entropy -= count / n * Math.log(count / n);
    }
    return entropy;
  }
}
