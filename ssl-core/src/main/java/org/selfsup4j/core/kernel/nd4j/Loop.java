package org.selfsup4j.core.kernel.nd4j;

import java.util.Arrays;
import org.selfsup4j.core.memory.Block;

/**
 * Operands of an elementwise operation with as few axes as possible: axes of size 1 dropped, the
 * rest in the order of the result's memory, neighbours that are one run in every operand joined.
 * What is dense and laid out alike becomes one axis, which ND4J walks fastest. There is always at
 * least one axis, since ND4J treats rank 0 in its own way.
 */
final class Loop {

  private final Block[] operands;
  private final int rank;
  private final long[] sizes;
  private final long[][] strides;

  private Loop(Block[] operands, int rank, long[] sizes, long[][] strides) {
    this.operands = operands;
    this.rank = rank;
    this.sizes = sizes;
    this.strides = strides;
  }

  /**
   * A loop over blocks of equal shapes; the last one decides the order of the axes.
   *
   * @throws IllegalArgumentException if the shapes differ
   */
  static Loop over(Block... operands) {
    long[] shape = operands[0].shape();
    for (Block operand : operands) {
      if (!Arrays.equals(shape, operand.shape())) { // ND4J would read past the end
        throw new IllegalArgumentException(
            "operands of one operation must have one shape: "
                + Arrays.toString(operands)
                + "; broadcast the smaller ones before");
      }
    }
    int[] order = order(shape, operands);
    long[] sizes = new long[Math.max(1, shape.length)];
    long[][] strides = new long[operands.length][sizes.length];
    int rank = 0;
    for (int axis : order) {
      if (rank > 0 && joins(operands, axis, shape[axis], strides, rank - 1)) {
        sizes[rank - 1] *= shape[axis];
        rank--;
      } else {
        sizes[rank] = shape[axis];
      }
      for (int i = 0; i < operands.length; i++) {
        strides[i][rank] = operands[i].strides()[axis];
      }
      rank++;
    }
    if (rank == 0) {
      sizes[0] = 1;
      for (long[] stride : strides) {
        stride[0] = 1;
      }
      rank = 1;
    }
    return new Loop(operands, rank, sizes, strides);
  }

  private static boolean joins(Block[] operands, int axis, long size, long[][] strides, int last) {
    for (int i = 0; i < operands.length; i++) {
      if (strides[i][last] != operands[i].strides()[axis] * size) {
        return false;
      }
    }
    return true;
  }

  /** Axes longer than 1, the result's largest stride first. */
  private static int[] order(long[] shape, Block[] operands) {
    int[] order = new int[shape.length];
    int n = 0;
    for (int axis = 0; axis < shape.length; axis++) {
      if (shape[axis] != 1) {
        order[n++] = axis;
      }
    }
    for (int i = 1; i < n; i++) { // ranks are tiny
      int axis = order[i];
      int j = i;
      while (j > 0 && isOutside(axis, order[j - 1], operands)) {
        order[j] = order[j - 1];
        j--;
      }
      order[j] = axis;
    }
    return Arrays.copyOf(order, n);
  }

  private static boolean isOutside(int axis, int other, Block[] operands) {
    for (int i = operands.length - 1; i >= 0; i--) {
      long a = operands[i].strides()[axis];
      long b = operands[i].strides()[other];
      if (a != b) {
        return a > b;
      }
    }
    return false;
  }

  /** Operand {@code i} with the loop's axes, repeated ones having stride 0. */
  Block operand(int i) {
    return operands[i].view(0, Arrays.copyOf(sizes, rank), Arrays.copyOf(strides[i], rank));
  }

  /** Operand {@code i} with size 1 where it is repeated and {@code partner} is not. */
  Block narrow(int i, int partner) {
    long[] narrow = Arrays.copyOf(sizes, rank);
    long[] steps = Arrays.copyOf(strides[i], rank);
    for (int axis = 0; axis < rank; axis++) {
      if (steps[axis] == 0 && strides[partner][axis] != 0) {
        narrow[axis] = 1;
        steps[axis] = 1;
      }
    }
    return operands[i].view(0, narrow, steps);
  }

  /** Whether every operand is one run of memory. */
  boolean isFlat() {
    if (rank > 1) {
      return false;
    }
    for (long[] stride : strides) {
      if (stride[0] != 1) {
        return false;
      }
    }
    return true;
  }
}
