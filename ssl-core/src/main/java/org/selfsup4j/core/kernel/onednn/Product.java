package org.selfsup4j.core.kernel.onednn;

import java.util.Arrays;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Strides;

/**
 * The sizes and strides of a batch of products {@code c = a b} in as few axes as possible: batch
 * axes that all operands walk in one run are merged, and a batch that shares b (a linear layer on
 * [B, T, D]) becomes more rows of one product.
 *
 * <p>Operands are numbered 0: a [..., M, K], 1: b [..., K, N], 2: c [..., M, N], 3: residual, like
 * c, if there is one.
 */
final class Product {

  /** With fewer rows the repacking of b is felt: 3 to 6% of the product with 272 rows. */
  private static final long LEAST_PACKED_ROWS = 1024;

  /** The same where b is rounded to BFLOAT16 on the way: it is written anew in any case. */
  private static final long LEAST_ROUNDED_ROWS = 256;

  /** Sizes of the batch axes. */
  private long[] batch;

  /** Strides of the batch axes, by operand. */
  private final long[][] steps;

  private final Block[] operands;
  private final long[] rowStep;
  private final long[] columnStep;
  private long rows;
  private final long inner;
  private final long columns;

  Product(Block a, Block b, Block c, Block residual) {
    operands = residual == null ? new Block[] {a, b, c} : new Block[] {a, b, c, residual};
    rows = c.size(-2);
    columns = c.size(-1);
    inner = a.size(-1);
    rowStep = new long[operands.length];
    columnStep = new long[operands.length];
    steps = new long[operands.length][];
    for (int k = 0; k < operands.length; k++) {
      rowStep[k] = operands[k].stride(-2);
      columnStep[k] = operands[k].stride(-1);
    }
    mergeBatch(c);
    foldRows();
  }

  private void mergeBatch(Block c) {
    int lead = c.rank() - 2;
    batch = new long[lead];
    for (int k = 0; k < operands.length; k++) {
      steps[k] = new long[lead];
    }
    int n = 0;
    for (int axis = 0; axis < lead; axis++) {
      long size = c.size(axis);
      if (size == 1) {
        continue;
      }
      if (n > 0 && merges(n - 1, axis, size)) {
        batch[n - 1] *= size;
      } else {
        batch[n++] = size;
      }
      for (int k = 0; k < operands.length; k++) {
        steps[k][n - 1] = operands[k].stride(axis);
      }
    }
    cutBatch(n);
  }

  private boolean merges(int last, int axis, long size) {
    for (int k = 0; k < operands.length; k++) {
      if (steps[k][last] != operands[k].stride(axis) * size) {
        return false;
      }
    }
    return true;
  }

  private void cutBatch(int n) {
    batch = Arrays.copyOf(batch, n);
    for (int k = 0; k < operands.length; k++) {
      steps[k] = Arrays.copyOf(steps[k], n);
    }
  }

  private void foldRows() {
    int last = batch.length - 1;
    while (last >= 0 && steps[1][last] == 0 && continuesRows(last)) {
      if (rows == 1) {
        for (int k = 0; k < operands.length; k++) {
          rowStep[k] = k == 1 ? rowStep[k] : steps[k][last];
        }
      }
      rows *= batch[last];
      cutBatch(last--);
    }
  }

  private boolean continuesRows(int axis) {
    for (int k = 0; k < operands.length; k++) {
      if (k != 1 && rows != 1 && steps[k][axis] != rows * rowStep[k]) {
        return false;
      }
    }
    return true;
  }

  /** The number type of operand {@code k}. */
  ElementType type(int k) {
    return operands[k].type();
  }

  /**
   * What a and b are multiplied as: BFLOAT16 if one of them is, since the other's digits would be
   * lost in the product anyway.
   */
  ElementType factorType() {
    return type(0) == ElementType.BFLOAT16 || type(1) == ElementType.BFLOAT16
        ? ElementType.BFLOAT16
        : ElementType.FLOAT;
  }

  /** The number type that oneDNN is to see of operand {@code k}. */
  ElementType computedType(int k) {
    return k < 2 ? factorType() : type(k);
  }

  /**
   * Whether b pays to be repacked as the primitive wants it: one matrix for so many rows that the
   * packing is nothing beside the product. Weights are; the right side of a weight's gradient, long
   * and used for few rows, is not.
   */
  boolean packsRight() {
    long least = computedType(1) == type(1) ? LEAST_PACKED_ROWS : LEAST_ROUNDED_ROWS;
    return batch.length == 0 && rows >= least && rows >= inner && columns > 1;
  }

  /** Whether there are several products. */
  boolean isBatch() {
    return batch.length > 0;
  }

  /** Whether the columns of operand {@code k} are runs of memory, and its rows are not. */
  boolean isTurned(int k) {
    return rowStep[k] == 1 && columnStep[k] != 1 && rowCount(k) > 1;
  }

  long rows() {
    return rows;
  }

  long columns() {
    return columns;
  }

  long inner() {
    return inner;
  }

  private long rowCount(int k) {
    return k == 1 ? inner : rows;
  }

  private long columnCount(int k) {
    return k == 0 ? inner : columns;
  }

  /** Sizes of operand {@code k}, with 1 where a batch axis repeats it. */
  long[] sizes(int k) {
    int n = batch.length;
    long[] sizes = new long[n + 2];
    for (int i = 0; i < n; i++) {
      sizes[i] = steps[k][i] == 0 && !isWrittenOut(k, i) ? 1 : batch[i];
    }
    sizes[n] = rowCount(k);
    sizes[n + 1] = columnCount(k);
    return sizes;
  }

  /** An axis that neither operand has is oneDNN's only if one of them is written out along it. */
  private boolean isWrittenOut(int k, int axis) {
    return k == 2 || (k == 0 && steps[1][axis] == 0);
  }

  /** Strides of operand {@code k}; axes of size 1 get strides that look like a plain matrix's. */
  long[] strides(int k) {
    int n = batch.length;
    long[] sizes = sizes(k);
    long[] strides = new long[n + 2];
    strides[n] = rowStep[k];
    strides[n + 1] = columnStep[k];
    if (sizes[n + 1] == 1) {
      strides[n + 1] = 1;
    }
    if (sizes[n] == 1) {
      strides[n] = sizes[n + 1] * strides[n + 1];
    }
    long span = Math.max(sizes[n] * strides[n], sizes[n + 1] * strides[n + 1]);
    for (int i = n - 1; i >= 0; i--) {
      strides[i] = sizes[i] == 1 ? span : steps[k][i];
      span = Math.max(span, sizes[i] * strides[i]);
    }
    return strides;
  }

  /** Whether operand {@code k} lies as oneDNN's fast kernels want it. */
  boolean isPlain(int k) {
    if (type(k) != computedType(k)) {
      return false;
    }
    long[] sizes = sizes(k);
    long[] strides = strides(k);
    int n = batch.length;
    for (int i = 0; i < n; i++) {
      if (sizes[i] > 1 && strides[i] == 0) {
        return false;
      }
    }
    if (sizes[n] == 1 || sizes[n + 1] == 1) {
      // A single row or column is a transposed one too, and oneDNN may take it for the other.
      return Strides.isRowMajor(sizes, strides);
    }
    if (strides[n + 1] == 1 && strides[n] >= sizes[n + 1]) {
      return true;
    }
    return k < 2 && strides[n] == 1 && strides[n + 1] >= sizes[n];
  }

  /** Operand {@code k} seen with the axes of this product. */
  Block view(int k) {
    return operands[k].view(0, sizes(k), viewStrides(k));
  }

  private long[] viewStrides(int k) {
    long[] strides = strides(k);
    long[] sizes = sizes(k);
    for (int i = 0; i < sizes.length; i++) {
      strides[i] = sizes[i] == 1 ? 0 : strides[i];
    }
    return strides;
  }

  /** Row-major strides of operand {@code k}'s sizes. */
  long[] dense(int k) {
    return Strides.rowMajor(sizes(k));
  }

  int operands() {
    return operands.length;
  }

  /** Adds everything that a plan depends on. */
  void describe(Key key) {
    key.add(batch).add(rows).add(columns).add(inner).add((long) operands.length);
    for (int k = 0; k < operands.length; k++) {
      key.add(steps[k]).add(rowStep[k]).add(columnStep[k]).add(type(k));
    }
  }

  @Override
  public String toString() {
    return "product " + Arrays.toString(sizes(0)) + " x " + Arrays.toString(sizes(1));
  }
}
