package org.selfsup4j.core.data;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.NoSuchElementException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;

/**
 * Where the training thread and the loader's threads meet: these take the positions of an epoch in
 * their order, as far as there is room; that one takes finished batches in theirs.
 */
final class Workshop {

  private final ThreadMXBean clock = ManagementFactory.getThreadMXBean();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private EpochProgress present; // null between epochs
  private LongConsumer maker;
  private boolean closed;

  /** Starts an epoch; {@code make} makes what belongs at a position. */
  void begin(EpochProgress progress, LongConsumer make) {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the loader is closed: make a new one");
      }
      if (present != null) {
        throw new IllegalStateException(
            "the batches of an epoch are still open: close them before asking for others");
      }
      present = progress;
      maker = make;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the next batch. */
  EpochProgress.Pending next(EpochProgress progress) {
    lock.lock();
    try {
      if (progress.isTaken()) {
        throw new IllegalStateException(
            "the batch before is still open: close it before asking for the next");
      }
      if (progress != present || !progress.hasNext()) {
        throw new NoSuchElementException("the epoch has no more batches");
      }
      long batch = progress.ask();
      changed.signalAll();
      EpochProgress.Pending pending = progress.pending(batch);
      while (pending == null || !pending.isMade()) {
        changed.await();
        pending = progress.pending(batch);
      }
      if (pending.failure() != null) {
        progress.giveBack();
        throw new IllegalStateException(pending.failure().getMessage(), pending.failure());
      }
      return pending;
    } catch (InterruptedException e) {
      progress.giveBack();
      progress.end();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a batch", e);
    } finally {
      lock.unlock();
    }
  }

  /** The training thread is done with its batch. */
  void giveBack(EpochProgress progress) {
    lock.lock();
    try {
      progress.giveBack();
    } finally {
      lock.unlock();
    }
  }

  /** Ends an epoch; returns when no thread writes to its batches any more. */
  void end(EpochProgress progress) {
    lock.lock();
    try {
      progress.end();
      while (progress.isAtWork()) {
        changed.awaitUninterruptibly();
      }
      if (present == progress) {
        present = null;
        maker = null;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Sends the loader's threads home. */
  void close() {
    lock.lock();
    try {
      closed = true;
      if (present != null) {
        present.end();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** What each of the loader's threads does until the workshop is closed. */
  void work() {
    lock.lock();
    try {
      while (!closed) {
        if (present == null || !present.mayBegin()) {
          changed.awaitUninterruptibly();
          continue;
        }
        EpochProgress progress = present;
        LongConsumer make = maker;
        long position = progress.begin();
        long start = processorTime();
        Throwable failure = null;
        lock.unlock();
        try {
          make.accept(position);
        } catch (Throwable e) { // errors too: the training thread has to see them
          failure = e;
        } finally {
          lock.lock();
        }
        if (progress.finish(position, processorTime() - start, failure)) {
          changed.signalAll();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private long processorTime() {
    return clock.isCurrentThreadCpuTimeSupported()
        ? clock.getCurrentThreadCpuTime()
        : System.nanoTime();
  }
}
