package org.selfsup4j.core.analysis;

import java.util.stream.IntStream;

/** Gives clusters that are left without rows a part of the largest. */
final class Splits {

  private final FeatureRows rows;
  private final int[] groups;
  private final int[] counts;
  private final boolean[] whole; // clusters whose rows are all equal

  private Splits(FeatureRows rows, int[] groups, int number) {
    this.rows = rows;
    this.groups = groups;
    this.counts = new int[number];
    this.whole = new boolean[number];
    for (int group : groups) {
      counts[group]++;
    }
  }

  /**
   * Changes {@code groups} so that none of {@code number} is without rows; gives whether none was.
   *
   * @throws IllegalArgumentException if there are fewer distinct rows than groups
   */
  static boolean fillEmpty(FeatureRows rows, int[] groups, int number) {
    Splits splits = new Splits(rows, groups, number);
    boolean none = true;
    for (int empty = 0; empty < number; empty++) {
      if (splits.counts[empty] == 0) {
        none = false;
        splits.fill(empty);
      }
    }
    return none;
  }

  private void fill(int empty) {
    while (true) {
      int largest = largest();
      int[] members = IntStream.range(0, groups.length).filter(i -> groups[i] == largest).toArray();
      double[] mean = mean(members);
      int farthest = farthest(members, mean);
      if (side(farthest, farthest, mean) == 0) {
        whole[largest] = true;
        continue;
      }
      for (int row : members) {
        if (side(row, farthest, mean) > 0) {
          groups[row] = empty;
          counts[empty]++;
          counts[largest]--;
        }
      }
      return;
    }
  }

  private int largest() {
    int largest = -1;
    for (int c = 0; c < counts.length; c++) {
      if (!whole[c] && counts[c] > 1 && (largest < 0 || counts[c] > counts[largest])) {
        largest = c;
      }
    }
    if (largest < 0) {
      throw tooFew(counts.length, "some of the rows are equal");
    }
    return largest;
  }

  /** What k-means says where it can't give every cluster a row. */
  private static IllegalArgumentException tooFew(int number, String why) {
    return new IllegalArgumentException(
        "clusters is "
            + number
            + " but there are fewer rows that differ ("
            + why
            + "): choose fewer clusters; features of an encoder that has collapsed are all equal");
  }

  private double[] mean(int[] members) {
    double[] mean = new double[rows.width()];
    for (int row : members) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += rows.values()[row * mean.length + i];
      }
    }
    for (int i = 0; i < mean.length; i++) {
      mean[i] /= members.length;
    }
    return mean;
  }

  private int farthest(int[] members, double[] mean) {
    int farthest = members[0];
    double most = -1;
    for (int row : members) {
      double square = side(row, row, mean);
      if (square > most) {
        most = square;
        farthest = row;
      }
    }
    return farthest;
  }

  /** The product of two rows seen from {@code mean}. */
  private double side(int row, int other, double[] mean) {
    double sum = 0;
    for (int i = 0; i < mean.length; i++) {
      sum +=
          (rows.values()[row * mean.length + i] - mean[i])
              * (rows.values()[other * mean.length + i] - mean[i]);
    }
    return sum;
  }
}
