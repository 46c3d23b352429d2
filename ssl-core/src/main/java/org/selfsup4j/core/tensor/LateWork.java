package org.selfsup4j.core.tensor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Consumer;
import org.selfsup4j.core.kernel.Kernels;

/**
 * What the backward passes of a network's parts have put off, since nothing in them waits for it:
 * gradients of weights. Cores are not equally fast at every moment; the part that is behind puts
 * such work off, and who is done first takes it. Who computes it makes no difference to its bits.
 */
final class LateWork {

  private final AtomicIntegerArray left; // nodes that each part has before it
  private final List<Deque<Consumer<Kernels>>> waiting = new ArrayList<>();
  private final int[] running;
  private int unwinding; // parts that have set out; one whose thread never starts is not awaited
  private boolean failed;

  LateWork(int parts) {
    int[] all = new int[parts];
    Arrays.fill(all, Integer.MAX_VALUE);
    this.left = new AtomicIntegerArray(all);
    this.running = new int[parts];
    for (int i = 0; i < parts; i++) {
      waiting.add(new ArrayDeque<>());
    }
  }

  /** A part sets out: those who are done wait for what it may put off. */
  synchronized void begin() {
    unwinding++;
  }

  /** What a part puts off is to be read by whoever takes it: nothing of it may change any more. */
  synchronized void add(int part, Consumer<Kernels> work) {
    waiting.get(part).add(work);
    notifyAll();
  }

  /** Notes how many nodes a part has before it, beside the one it is at. */
  void leave(int part, int nodes) {
    left.set(part, nodes);
  }

  /** Whether another part has fewer nodes before it. */
  boolean isBehind(int part) {
    for (int other = 0; other < left.length(); other++) {
      if (left.get(other) < left.get(part)) {
        return true;
      }
    }
    return false;
  }

  /** Sees to it that nothing of what a part has put off is left, for it needs the results now. */
  void settle(int part, Kernels kernels) {
    while (true) {
      Consumer<Kernels> work;
      synchronized (this) {
        work = waiting.get(part).poll();
        if (work == null) {
          await(() -> running[part] == 0 || failed);
          return;
        }
        running[part]++;
      }
      run(part, work, kernels);
    }
  }

  /** A part has unwound its tape: it does what it and others have put off, until all are done. */
  void finish(int part, Kernels kernels) {
    leave(part, -1);
    synchronized (this) {
      unwinding--;
      notifyAll();
    }
    while (true) {
      int owner;
      Consumer<Kernels> work;
      synchronized (this) {
        await(() -> failed || unwinding == 0 || next(part) >= 0);
        owner = failed ? -1 : next(part);
        if (owner < 0) {
          return;
        }
        // the owner begins with the oldest, others with the latest
        work = owner == part ? waiting.get(owner).poll() : waiting.get(owner).pollLast();
        running[owner]++;
      }
      run(owner, work, kernels);
    }
  }

  /** A part failed: nobody waits for it, and what was put off is of no use. */
  synchronized void fail() {
    failed = true;
    notifyAll();
  }

  private void run(int owner, Consumer<Kernels> work, Kernels kernels) {
    boolean done = false;
    try {
      work.accept(kernels);
      done = true;
    } finally {
      synchronized (this) {
        running[owner]--;
        failed |= !done;
        notifyAll();
      }
    }
  }

  /** Whose work comes next for a part: its own, else what another one has; -1 for none. */
  private int next(int part) {
    if (!waiting.get(part).isEmpty()) {
      return part;
    }
    for (int other = 0; other < waiting.size(); other++) {
      if (!waiting.get(other).isEmpty()) {
        return other;
      }
    }
    return -1;
  }

  private interface Condition {
    boolean holds();
  }

  /** Waits even if interrupted: others compute on memory that the caller would take back. */
  private void await(Condition condition) {
    boolean interrupted = false;
    while (!condition.holds()) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
