package org.selfsup4j.core.data;

import java.util.ArrayList;
import java.util.List;

/** The memory of a loader's batches: allocated when the first example shows the sizes. */
final class Slots<E, B> implements AutoCloseable {

  private final Stacking<E, B> stacking;
  private final int rows;
  private final int number;
  private final List<Slot> slots = new ArrayList<>();
  private volatile Placement<E, B> placement;

  Slots(Stacking<E, B> stacking, int rows, int number) {
    this.stacking = stacking;
    this.rows = rows;
    this.number = number;
  }

  /** Writes an example to a row of a batch. Many threads. */
  void write(E example, long batch, int row) {
    if (placement == null) {
      allocate(example);
    }
    placement.write(example, of(batch), row);
  }

  private synchronized void allocate(E first) {
    if (placement == null) {
      Placement<E, B> placed = stacking.place(first, rows);
      for (int i = 0; i < number; i++) {
        slots.add(placed.allocate());
      }
      placement = placed; // last, as others look at it without the lock
    }
  }

  Slot of(long batch) {
    return slots.get((int) (batch % number));
  }

  Placement<E, B> placement() {
    return placement;
  }

  @Override
  public void close() {
    slots.forEach(Slot::close);
  }
}
