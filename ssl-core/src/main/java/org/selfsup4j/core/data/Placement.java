package org.selfsup4j.core.data;

import org.selfsup4j.core.tensor.Session;

/** A {@link Stacking} that knows its sizes: where each row of each tensor of a batch lies. */
final class Placement<E, B> {

  private final Stack.Placed root;
  private final Slot.Plan plan;

  Placement(Stack.Placed root, Slot.Plan plan) {
    this.root = root;
    this.plan = plan;
  }

  Slot allocate() {
    return plan.allocate();
  }

  void write(E example, Slot slot, int row) {
    root.write(example, slot, row);
  }

  @SuppressWarnings("unchecked") // the stacking built the root for B
  B open(Slot slot, int rows, Session session) {
    return (B) root.open(slot, rows, session);
  }
}
