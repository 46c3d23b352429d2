package org.selfsup4j.core.data;

import java.util.Iterator;
import java.util.Objects;
import java.util.function.Consumer;
import org.selfsup4j.core.random.RandomStream;

/** The samples of one epoch by their position in it. Many threads. */
interface Feed<T> {

  /**
   * A sample and the number that its random draws are addressed by: the place in the data that it
   * stands for, also where another item stands in.
   */
  record Drawn<T>(Sample<T> sample, long address) {}

  /** The sample at {@code position}; each position is asked for once, from the first on. */
  Drawn<T> draw(long position);

  /**
   * The feed of an epoch that begins at {@code first}.
   *
   * @param order draws for shuffling, or null for the source's order
   */
  static <T> Feed<T> of(
      Source<T> source, RandomStream order, long first, Consumer<UnreadableException> unreadable) {
    if (source instanceof StreamSource<T> stream) {
      return new InSequence<>(stream.samples(order, unreadable), first);
    }
    int[] places = order == null ? null : order.permutation(Math.toIntExact(source.size()));
    return position -> {
      long place = places == null ? position : places[(int) position];
      return new Drawn<>(Sample.read(source, place, unreadable), place);
    };
  }

  /**
   * The feed of an epoch whose order was given. The draws of an item that comes again are addressed
   * by its index and how often it came before, so that no two of its examples are alike.
   *
   * @throws IllegalArgumentException if the order is not one of the source, or the source has none
   */
  static <T> Feed<T> of(Source<T> source, int[] order, Consumer<UnreadableException> unreadable) {
    long size = source.size();
    if (source instanceof StreamSource<T>) {
      throw new IllegalArgumentException(
          "the task orders the items itself, but "
              + source.description()
              + " is read as a stream: give an indexed source, such as a folder of images or a list");
    }
    if (order.length != size) {
      throw new IllegalArgumentException(
          "the order of the epoch has "
              + order.length
              + " places, "
              + source.description()
              + " has "
              + size
              + " items: an epoch visits as many items as there are");
    }
    int[] before = new int[order.length];
    int[] seen = new int[order.length]; // by item
    for (int i = 0; i < order.length; i++) {
      before[i] = seen[Objects.checkIndex(order[i], order.length)]++;
    }
    return position -> {
      int place = order[(int) position];
      long address = place + size * before[(int) position];
      return new Drawn<>(Sample.read(source, place, unreadable), address);
    };
  }

  /** Reads an iterator in order: a thread whose position is not due waits for those before. */
  final class InSequence<T> implements Feed<T> {
    private final Iterator<Sample<T>> samples;
    private final long first;
    private long next;
    private RuntimeException failure;

    private InSequence(Iterator<Sample<T>> samples, long first) {
      this.samples = samples;
      this.first = first;
    }

    @Override
    public synchronized Drawn<T> draw(long position) {
      boolean interrupted = false;
      while (next != position && !(position == first && next < first)) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true; // the position must still be passed, or those behind wait for ever
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      try {
        return read(position);
      } finally {
        next = position + 1;
        notifyAll();
      }
    }

    private Drawn<T> read(long position) {
      if (failure != null) {
        throw failure; // a broken stream stays broken
      }
      try {
        while (next < position) { // going on within an epoch: read over what was done
          samples.next();
          next++;
        }
        Sample<T> sample = samples.next();
        return new Drawn<>(sample, sample.index());
      } catch (RuntimeException e) {
        failure = e;
        throw e;
      }
    }
  }
}
