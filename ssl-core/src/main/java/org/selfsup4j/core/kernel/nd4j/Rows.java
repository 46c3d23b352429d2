package org.selfsup4j.core.kernel.nd4j;

import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** Rows of a table by id. */
final class Rows {

  private final Ops ops;
  private final Scratch scratch;

  Rows(Ops ops, Scratch scratch) {
    this.ops = ops;
    this.scratch = scratch;
  }

  /** {@code y[i] = table[ids[i]]}. */
  void gather(Block table, Block ids, Block y) {
    Block places = checked(ids, table);
    if (y.count() == 0) {
      return;
    }
    if (table.type() == ElementType.BOOL) { // which ND4J does not gather
      Block numbers = scratch.like(ElementType.INT64, table);
      Block rows = scratch.like(ElementType.INT64, y);
      ops.copy(table, numbers);
      gatherNumbers(numbers, places, rows);
      ops.copy(rows, y);
    } else {
      gatherNumbers(table, places, y);
    }
  }

  private void gatherNumbers(Block table, Block ids, Block y) {
    ops.execute(
        DynamicCustomOp.builder("gather")
            .addInputs(ops.view(table), ops.view(ids))
            .addOutputs(ops.view(y))
            .addIntegerArguments(new int[] {0})
            .build());
  }

  /** {@code table[ids[i]] += rows[i]}, one row after the other. */
  void scatterAdd(Block rows, Block ids, Block table) {
    Block places = checked(ids, table);
    if (rows.count() == 0) {
      return;
    }
    ops.execute(
        DynamicCustomOp.builder("scatter_add")
            .addInputs(ops.view(table), ops.view(places), ops.view(rows))
            .addOutputs(ops.view(table))
            .addBooleanArguments(true) // lock: on one thread, in order
            .build());
  }

  /** The ids without gaps, each found to be a row of the table. */
  private Block checked(Block ids, Block table) {
    Block dense = scratch.rows(ElementType.INT64, ids.size(0));
    if (dense.count() == 0) {
      return dense;
    }
    ops.copy(ids, dense);
    long[] values = ops.view(dense).toLongVector();
    for (int i = 0; i < values.length; i++) {
      if (values[i] < 0 || values[i] >= table.size(0)) {
        throw new IndexOutOfBoundsException(
            "id "
                + values[i]
                + " at position "
                + i
                + " is outside [0, "
                + table.size(0)
                + "): the table has "
                + table.size(0)
                + " rows");
      }
    }
    return dense;
  }
}
