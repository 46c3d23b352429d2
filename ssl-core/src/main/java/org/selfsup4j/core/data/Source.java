package org.selfsup4j.core.data;

import java.util.List;
import java.util.OptionalInt;

/**
 * What training reads from: a fixed number of items, each found by its index. Shuffling, memory
 * banks and going on with a stopped run need no more than that.
 *
 * <p>Loader threads read from one source at the same time: every method must allow it. The same
 * index must give the same item for as long as a run lasts, and over a resume.
 *
 * @param <T> what an item is: an {@link Image}, frames, tokens
 */
public interface Source<T> {

  /** How many items there are. */
  long size();

  /**
   * The item at {@code index}, in [0, size).
   *
   * @throws UnreadableException if this one item cannot be read; others may
   */
  T get(long index);

  /** Whether {@link #get} finds an item by its index: a bank of one row an item needs it. */
  default boolean isIndexed() {
    return true;
  }

  /**
   * Refuses a source whose items have no index.
   *
   * @param need who needs it for what: "a memory bank keeps a row for each image"
   * @throws IllegalArgumentException naming the need and this source
   */
  default void requireIndexed(String need) {
    if (!isIndexed()) {
      throw new IllegalArgumentException(
          need
              + " by its index, which "
              + description()
              + " does not have: give a source with an index, such as a folder of images or a list");
    }
  }

  /** A name of the item for messages, such as a file's name. */
  default String name(long index) {
    return "item " + index;
  }

  /** The class of the item, in [0, classes), where the data has labels. */
  default OptionalInt label(long index) {
    return OptionalInt.empty();
  }

  /** The names of the classes in the order of their labels; empty where there are no labels. */
  default List<String> classes() {
    return List.of();
  }

  /** Where the item really lies: equal for the same item of two sources that share it. */
  default Origin origin(long index) {
    return new Origin(this, index);
  }

  /** What the data is, for a run's records: kind, number of items, a mark of their content. */
  String description();

  /** The items at {@code indices}, in that order, as a source of their own. */
  default Source<T> subset(long... indices) {
    return Subset.of(this, indices);
  }
}
