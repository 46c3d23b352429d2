package org.selfsup4j.core.data;

/**
 * How far one epoch is: which position is made next, and what is missing of the batches that are
 * being made. Guarded by the {@link Workshop}'s lock.
 */
final class EpochProgress {

  /** One batch that is being made or waits to be taken. */
  static final class Pending {
    final long batch;
    final int size;
    private int missing;
    private long busyNanos;
    private long failedAt = Long.MAX_VALUE;
    private Throwable failure;

    private Pending(long batch, int size) {
      this.batch = batch;
      this.size = size;
      this.missing = size;
    }

    boolean isMade() {
      return missing == 0;
    }

    long busyNanos() {
      return busyNanos;
    }

    /** What failed, of several the first by position; null if nothing did. */
    Throwable failure() {
      return failure;
    }
  }

  private final long end;
  private final int batchSize;
  private final int prefetch;
  private final Pending[] slots;
  private long position;
  private long asked;
  private boolean taken;
  private int atWork;
  private boolean ended;

  /** Positions from that of {@code firstBatch} to {@code end} (exclusive). */
  EpochProgress(long firstBatch, long end, int batchSize, int prefetch) {
    this.end = end;
    this.batchSize = batchSize;
    this.prefetch = prefetch;
    this.position = firstBatch * batchSize;
    this.asked = firstBatch;
    this.slots = new Pending[prefetch + 1];
  }

  // --- the training thread
  // ------------------------------------------------------------------------

  /** Whether another batch can be asked for. */
  boolean hasNext() {
    return !ended && asked * batchSize < end;
  }

  /** Whether the batch asked for last has not been given back yet. */
  boolean isTaken() {
    return taken;
  }

  /** Asks for the next batch; gives its number. */
  long ask() {
    taken = true;
    return asked++;
  }

  /** The batch of that number, or null while nothing of it has been begun. */
  Pending pending(long batch) {
    Pending pending = slots[slot(batch)];
    return pending == null || pending.batch != batch ? null : pending;
  }

  /** The batch asked for last is given back: its slot is free. */
  void giveBack() {
    taken = false;
  }

  /** Nothing more is begun. */
  void end() {
    ended = true;
  }

  /** Whether rows are being made. */
  boolean isAtWork() {
    return atWork > 0;
  }

  // --- the loader's threads
  // -----------------------------------------------------------------------

  /**
   * Whether the next position may be begun. There is a slot for each batch that may be ahead and
   * one for the batch that the training thread holds; it gives that back before it asks for
   * another, so a batch that was asked for, or is ahead of it by up to {@code prefetch}, has its
   * slot free.
   */
  boolean mayBegin() {
    return !ended && position < end && position / batchSize < asked + prefetch;
  }

  /** Begins the next position. */
  long begin() {
    long batch = position / batchSize;
    if (pending(batch) == null) {
      int size = (int) Math.min(batchSize, end - batch * batchSize);
      slots[slot(batch)] = new Pending(batch, size);
    }
    atWork++;
    return position++;
  }

  /** A position is made, or failed; gives whether somebody may be waiting for this one. */
  boolean finish(long made, long nanos, Throwable failure) {
    atWork--;
    Pending pending = pending(made / batchSize);
    pending.missing--;
    pending.busyNanos += nanos;
    if (failure != null && made < pending.failedAt) {
      pending.failedAt = made;
      pending.failure = failure;
    }
    return pending.isMade() || atWork == 0;
  }

  private int slot(long batch) {
    return (int) (batch % slots.length);
  }
}
