package org.selfsup4j.core.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * Items that are in memory, with or without labels. The list is copied, its items are not.
 *
 * @param <T> what an item is
 */
public final class ListSource<T> implements Source<T> {

  private final String description;
  private final List<T> items;
  private final int[] labels; // null: none
  private final List<String> classes;

  private ListSource(String description, List<T> items, int[] labels, List<String> classes) {
    if (items.isEmpty()) {
      throw new IllegalArgumentException(description + ": the list is empty");
    }
    this.description = description;
    this.items = items;
    this.labels = labels;
    this.classes = classes;
  }

  /** Items without labels; {@code name} says in a run's records what they are. */
  public static <T> ListSource<T> of(String name, List<? extends T> items) {
    return new ListSource<>(
        name + " (" + items.size() + " items)", List.copyOf(items), null, List.of());
  }

  /**
   * Items with labels: {@code labels.get(i)} is the class of item {@code i}, 0 or more.
   *
   * @throws IllegalArgumentException if there are not as many labels as items, or one is negative
   */
  public static <T> ListSource<T> of(String name, List<? extends T> items, List<Integer> labels) {
    if (labels.size() != items.size()) {
      throw new IllegalArgumentException(
          name + ": " + items.size() + " items but " + labels.size() + " labels");
    }
    int most = labels.stream().mapToInt(Integer::intValue).max().orElse(0);
    List<String> classes = new ArrayList<>();
    for (int c = 0; c <= most; c++) {
      classes.add(Integer.toString(c));
    }
    for (int label : labels) {
      if (label < 0) {
        throw new IllegalArgumentException(
            name + ": label " + label + " is negative; use a list without labels for none");
      }
    }
    return new ListSource<>(
        name + " (" + items.size() + " items in " + classes.size() + " classes)",
        List.copyOf(items),
        labels.stream().mapToInt(Integer::intValue).toArray(),
        List.copyOf(classes));
  }

  @Override
  public long size() {
    return items.size();
  }

  @Override
  public T get(long index) {
    return items.get((int) Objects.checkIndex(index, size()));
  }

  @Override
  public OptionalInt label(long index) {
    return labels == null ? OptionalInt.empty() : OptionalInt.of(labels[(int) index]);
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public String description() {
    return description;
  }
}
