package org.selfsup4j.core.data;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.selfsup4j.core.random.RandomStream;

/**
 * Items that come one after the other, such as those of an archive that can only be read from front
 * to back. The stream is opened anew for each epoch and should then give the same items.
 *
 * <p>What is lost beside a source with an index: items are shuffled within a buffer only; there is
 * no {@link Sample#other other} item and no item by index, so tasks with a memory bank or mixed
 * images do not work; going on within an epoch reads over what was done. An item that cannot be
 * read ({@code next()} throws {@link UnreadableException}) is replaced by the next one that can, at
 * the end by the last one.
 *
 * @param <T> what an item is
 */
public final class StreamSource<T> implements Source<T> {

  private final String description;
  private final long size;
  private final int shuffleBuffer;
  private final Supplier<? extends Iterator<? extends T>> open;

  private StreamSource(
      String name, long size, int shuffleBuffer, Supplier<? extends Iterator<? extends T>> open) {
    if (size < 1) {
      throw new IllegalArgumentException("size is " + size + ": a stream has at least 1 item");
    }
    if (shuffleBuffer < 1) {
      throw new IllegalArgumentException(
          "shuffleBuffer is " + shuffleBuffer + ": it must be at least 1 (no shuffling)");
    }
    this.description = name + " (stream of " + size + " items, buffer " + shuffleBuffer + ")";
    this.size = size;
    this.shuffleBuffer = shuffleBuffer;
    this.open = open;
  }

  /**
   * A stream that is opened by {@code open} for each epoch.
   *
   * @param name what the data is, for a run's records
   * @param size items of an epoch; the stream must not end before, more are not read
   * @param shuffleBuffer how many items are kept in memory to draw the next one from; 1 keeps the
   *     order
   * @param open gives an iterator at the first item; each is used by one thread at a time
   */
  public static <T> StreamSource<T> of(
      String name, long size, int shuffleBuffer, Supplier<? extends Iterator<? extends T>> open) {
    return new StreamSource<>(name, size, shuffleBuffer, open);
  }

  @Override
  public long size() {
    return size;
  }

  /**
   * Refused: a stream has no index.
   *
   * @throws UnsupportedOperationException always
   */
  @Override
  public T get(long index) {
    throw new UnsupportedOperationException(
        "item "
            + index
            + " of "
            + description
            + " was asked for by its index, which a stream does"
            + " not have: this task needs an indexed source, such as a folder of images or a list");
  }

  /** False: an index is a place in one epoch's stream, where another item may stand in the next. */
  @Override
  public boolean isIndexed() {
    return false;
  }

  @Override
  public String description() {
    return description;
  }

  /** The samples of one epoch; in the stream's order if {@code shuffle} is null. */
  Iterator<Sample<T>> samples(RandomStream shuffle, Consumer<UnreadableException> unreadable) {
    InOrder inOrder = new InOrder(unreadable);
    return shuffle == null || shuffleBuffer == 1 ? inOrder : new Shuffled(inOrder, shuffle);
  }

  /** One sample for each place, also for places whose item cannot be read. */
  private final class InOrder implements Iterator<Sample<T>> {
    private final Iterator<? extends T> items = open.get();
    private final Consumer<UnreadableException> unreadable;
    private long read; // places that the iterator has been asked for
    private long given;
    private T last; // the item for the places up to read

    InOrder(Consumer<UnreadableException> unreadable) {
      this.unreadable = unreadable;
    }

    @Override
    public boolean hasNext() {
      return given < size;
    }

    @Override
    public Sample<T> next() {
      if (!hasNext()) {
        throw new NoSuchElementException(description + " has no more items");
      }
      if (given == read) {
        readOn();
      }
      return new Sample<>(last, given++, OptionalInt.empty(), StreamSource.this);
    }

    private void readOn() {
      UnreadableException bad = null;
      while (read < size) {
        if (!items.hasNext()) {
          throw new IllegalStateException(
              description + " ended after " + read + " items: give a size that it really has");
        }
        read++;
        try {
          last = items.next();
          return;
        } catch (UnreadableException e) {
          unreadable.accept(e);
          bad = e;
        }
      }
      if (last == null) {
        throw new UnreadableException(description, "none of its items can be read", bad);
      }
    }
  }

  /** Draws each sample from a buffer that is filled up again behind it. */
  private final class Shuffled implements Iterator<Sample<T>> {
    private final InOrder samples;
    private final RandomStream random;
    private final List<Sample<T>> buffer = new ArrayList<>();

    Shuffled(InOrder samples, RandomStream random) {
      this.samples = samples;
      this.random = random;
    }

    @Override
    public boolean hasNext() {
      return !buffer.isEmpty() || samples.hasNext();
    }

    @Override
    public Sample<T> next() {
      while (buffer.size() < shuffleBuffer && samples.hasNext()) {
        buffer.add(samples.next());
      }
      if (buffer.isEmpty()) {
        throw new NoSuchElementException(description + " has no more items");
      }
      int drawn = random.nextInt(buffer.size());
      Sample<T> sample = buffer.get(drawn);
      buffer.set(drawn, buffer.get(buffer.size() - 1));
      buffer.remove(buffer.size() - 1);
      return sample;
    }
  }
}
