package org.selfsup4j.core.data;

import java.util.OptionalInt;
import java.util.function.Consumer;
import org.selfsup4j.core.random.RandomStream;

/**
 * One item of a source together with what a task may want to know of it.
 *
 * @param value the item
 * @param index its index in the source, for memory banks
 * @param label its class, where the data has labels
 * @param source where it comes from
 */
public record Sample<T>(T value, long index, OptionalInt label, Source<T> source) {

  /**
   * Reads the item at {@code index} or, where it cannot be read, the next one that can, after the
   * last the first: a rule and not a matter of time, so that every run puts the same item there.
   *
   * @throws UnreadableException if none of the source's items can be read
   */
  public static <T> Sample<T> read(Source<T> source, long index) {
    return read(source, index, e -> {});
  }

  /** The same, telling of each item that was passed over. */
  static <T> Sample<T> read(
      Source<T> source, long index, Consumer<UnreadableException> unreadable) {
    return read(source, index, -1, unreadable);
  }

  private static <T> Sample<T> read(
      Source<T> source, long index, long except, Consumer<UnreadableException> unreadable) {
    UnreadableException first = null;
    long size = source.size();
    for (long i = 0; i < size; i++) {
      long at = (index + i) % size;
      if (at == except) {
        continue;
      }
      try {
        return new Sample<>(source.get(at), at, source.label(at), source);
      } catch (UnreadableException e) {
        unreadable.accept(e);
        first = first == null ? e : first;
      }
    }
    String what =
        except < 0
            ? "none of its " + size + " items can be read"
            : "no item other than " + source.name(except) + " can be read";
    throw new UnreadableException(
        source.description(),
        first == null ? what : what + "; the first that failed: " + first.getMessage(),
        first);
  }

  /**
   * Another item of the same source, each equally likely; the next readable one where it cannot be
   * read.
   *
   * @throws UnreadableException if there is no other item that can be read
   */
  public Sample<T> other(RandomStream random) {
    int others = Math.toIntExact(source.size() - 1);
    long drawn = others == 0 ? 0 : random.nextInt(others);
    return read(source, drawn < index ? drawn : (drawn + 1) % source.size(), index, e -> {});
  }
}
