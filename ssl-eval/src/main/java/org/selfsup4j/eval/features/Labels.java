package org.selfsup4j.eval.features;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** The class of each sample, from 0 on; a sample may have none. */
public final class Labels {

  /** Stands for "no label". */
  public static final int NONE = -1;

  private final int[] ids;
  private final int classes;

  private Labels(int[] ids) {
    int most = NONE;
    for (int id : ids) {
      if (id < NONE) {
        throw new IllegalArgumentException(
            "label " + id + " is negative: classes count from 0, " + NONE + " stands for none");
      }
      most = Math.max(most, id);
    }
    this.ids = ids;
    this.classes = most + 1;
  }

  /** The labels {@code ids}, {@link #NONE} where there is none; they are copied. */
  public static Labels of(int... ids) {
    return new Labels(ids.clone());
  }

  /** Number of samples. */
  public int size() {
    return ids.length;
  }

  /** The class of sample {@code index}, or {@link #NONE}. */
  public int get(int index) {
    return ids[Objects.checkIndex(index, ids.length)];
  }

  /** The largest class plus one; 0 where no sample has a label. */
  public int classes() {
    return classes;
  }

  /** How many of the classes from 0 to {@link #classes} - 1 occur. */
  public int distinct() {
    return (int) Arrays.stream(ids).filter(id -> id != NONE).distinct().count();
  }

  /** How many samples have no label. */
  public int unlabelled() {
    return (int) Arrays.stream(ids).filter(id -> id == NONE).count();
  }

  /** The labels of the samples {@code chosen}, in that order. */
  public Labels rows(int... chosen) {
    return new Labels(Arrays.stream(chosen).map(this::get).toArray());
  }

  /**
   * The samples divided in two by rule: every {@code n}-th of each class, and the rest.
   *
   * @return the indices of the rest, then those of every n-th; both in rising order
   */
  public List<int[]> splitEveryNth(int n) {
    int[] seen = new int[classes + 1]; // unlabelled samples are a class of their own, the last
    List<Integer> rest = new ArrayList<>();
    List<Integer> held = new ArrayList<>();
    for (int i = 0; i < ids.length; i++) {
      int at = ids[i] == NONE ? classes : ids[i];
      (++seen[at] % n == 0 ? held : rest).add(i);
    }
    return List.of(
        rest.stream().mapToInt(Integer::intValue).toArray(),
        held.stream().mapToInt(Integer::intValue).toArray());
  }

  /** All labels, {@link #NONE} where there is none, in an array of the caller's own. */
  public int[] toArray() {
    return ids.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Labels that && Arrays.equals(ids, that.ids);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ids);
  }

  /** For messages: counts, not the labels. */
  @Override
  public String toString() {
    return size() + " labels of " + distinct() + " classes";
  }
}
