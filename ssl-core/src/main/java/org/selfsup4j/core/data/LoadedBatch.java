package org.selfsup4j.core.data;

import org.selfsup4j.core.tensor.Session;

/**
 * One batch in the memory of its loader, which takes the memory back when the batch is closed.
 *
 * @param <B> the batch as the task knows it
 */
public final class LoadedBatch<B> implements AutoCloseable {

  private final Placement<?, B> placement;
  private final Slot slot;
  private final int size;
  private final long waitedNanos;
  private final long busyNanos;
  private final Runnable release;
  private boolean closed;

  LoadedBatch(
      Placement<?, B> placement,
      Slot slot,
      int size,
      long waitedNanos,
      long busyNanos,
      Runnable release) {
    this.placement = placement;
    this.slot = slot;
    this.size = size;
    this.waitedNanos = waitedNanos;
    this.busyNanos = busyNanos;
    this.release = release;
  }

  /**
   * The batch as constant tensors of {@code session}, without a copy. They are valid until the
   * session closes; close the session before this batch.
   */
  public B open(Session session) {
    if (closed) {
      throw new IllegalStateException("the batch is closed: its memory serves another one by now");
    }
    return placement.open(slot, size, session);
  }

  /** N, the number of examples. */
  public int size() {
    return size;
  }

  /** How long the training thread waited for this batch, in nanoseconds. */
  public long waitedNanos() {
    return waitedNanos;
  }

  /** Processor time that loader threads spent on this batch, in nanoseconds, all added up. */
  public long busyNanos() {
    return busyNanos;
  }

  /** Gives the memory back to the loader; tensors of this batch must not be used any more. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      release.run();
    }
  }
}
