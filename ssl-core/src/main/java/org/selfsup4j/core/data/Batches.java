package org.selfsup4j.core.data;

import java.util.NoSuchElementException;

/**
 * The batches of one epoch in their order, each closed before the next is asked for.
 *
 * @param <B> the batch as the task knows it
 */
public final class Batches<B> implements AutoCloseable {

  private final Workshop workshop;
  private final Slots<?, B> slots;
  private final EpochProgress progress;

  Batches(Workshop workshop, Slots<?, B> slots, EpochProgress progress) {
    this.workshop = workshop;
    this.slots = slots;
    this.progress = progress;
  }

  /** Whether the epoch has another batch. */
  public boolean hasNext() {
    return progress.hasNext();
  }

  /**
   * The next batch; waits until it is made.
   *
   * @throws NoSuchElementException if there is none
   * @throws IllegalStateException if the batch before is still open, if making an example failed
   *     (the message names the sample), or if the thread was interrupted
   */
  public LoadedBatch<B> next() {
    long start = System.nanoTime();
    EpochProgress.Pending made = workshop.next(progress);
    return new LoadedBatch<>(
        slots.placement(),
        slots.of(made.batch),
        made.size,
        System.nanoTime() - start,
        made.busyNanos(),
        () -> workshop.giveBack(progress));
  }

  /** Ends the epoch here, waiting for the examples that are being made. */
  @Override
  public void close() {
    workshop.end(progress);
  }
}
