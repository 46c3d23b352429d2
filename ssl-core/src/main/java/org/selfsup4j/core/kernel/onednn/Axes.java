package org.selfsup4j.core.kernel.onednn;

import java.util.Arrays;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.Strides;

/**
 * The common axes of several blocks of one shape, as few as possible: axes of size 1 are dropped,
 * axes are ordered by the memory of the last block (the result), and neighbours that every block
 * walks in one run are merged. What is left decides which kernel can run.
 */
final class Axes {

  private final int rank;
  private final long[] sizes;
  private final long[][] strides;

  private Axes(int rank, long[] sizes, long[][] strides) {
    this.rank = rank;
    this.sizes = rank == sizes.length ? sizes : Arrays.copyOf(sizes, rank);
    this.strides = strides;
    if (rank != sizes.length) {
      for (int k = 0; k < strides.length; k++) {
        strides[k] = Arrays.copyOf(strides[k], rank);
      }
    }
  }

  /** The axes of blocks of equal shape; the last one leads the order. */
  static Axes of(Block... blocks) {
    Block leader = blocks[blocks.length - 1];
    if (allContiguous(blocks)) {
      long[][] ones = new long[blocks.length][];
      Arrays.fill(ones, new long[] {1});
      return new Axes(1, new long[] {leader.count()}, ones);
    }
    int[] order = order(leader);
    int n = order.length;
    long[] sizes = new long[Math.max(1, n)];
    long[][] strides = new long[blocks.length][Math.max(1, n)];
    int rank = 0;
    for (int axis : order) {
      long size = leader.size(axis);
      if (rank > 0 && merges(blocks, strides, rank - 1, axis, size)) {
        sizes[rank - 1] *= size;
      } else {
        sizes[rank++] = size;
      }
      for (int k = 0; k < blocks.length; k++) {
        strides[k][rank - 1] = blocks[k].stride(axis);
      }
    }
    if (rank == 0) { // a single element
      sizes[0] = 1;
      for (long[] s : strides) {
        s[0] = 1;
      }
      rank = 1;
    }
    return new Axes(rank, sizes, strides);
  }

  private static boolean allContiguous(Block[] blocks) {
    for (Block block : blocks) {
      if (!block.isContiguous()) {
        return false;
      }
    }
    return true;
  }

  private static boolean merges(Block[] blocks, long[][] strides, int last, int axis, long size) {
    for (int k = 0; k < blocks.length; k++) {
      if (strides[k][last] != blocks[k].stride(axis) * size) {
        return false;
      }
    }
    return true;
  }

  /** Axes larger than 1 from the outermost to the innermost of {@code block}'s memory. */
  private static int[] order(Block block) {
    int[] order = new int[block.rank()];
    int n = 0;
    for (int axis = 0; axis < block.rank(); axis++) {
      if (block.size(axis) == 1) {
        continue;
      }
      int i = n++;
      while (i > 0 && block.stride(order[i - 1]) < block.stride(axis)) {
        order[i] = order[i - 1];
        i--;
      }
      order[i] = axis;
    }
    return Arrays.copyOf(order, n);
  }

  int rank() {
    return rank;
  }

  long[] sizes() {
    return sizes;
  }

  /** The strides of block {@code k}. */
  long[] strides(int k) {
    return strides[k];
  }

  /** Whether block {@code k} is one run of memory in the order of these axes. */
  boolean isRun(int k) {
    return Strides.isRowMajor(sizes, strides[k]);
  }

  /**
   * An axis of block {@code k} that after its last element would be beyond the next of another
   * axis, as every third row of four: oneDNN takes that for elements that overlap. -1 if none.
   */
  int interleaved(int k) {
    long[] steps = strides[k];
    for (int inner = 0; inner < rank; inner++) {
      for (int outer = 0; outer < rank; outer++) {
        boolean within = steps[inner] > 0 && steps[inner] < steps[outer];
        if (within && steps[outer] < steps[inner] * sizes[inner]) {
          return inner;
        }
      }
    }
    return -1;
  }

  /** Whether block {@code k} repeats elements. */
  boolean isBroadcast(int k) {
    for (int i = 0; i < rank; i++) {
      if (strides[k][i] == 0 && sizes[i] > 1) {
        return true;
      }
    }
    return false;
  }

  /** {@code block}, which is block {@code k}, seen with these axes. */
  Block view(int k, Block block) {
    return block.view(0, sizes, strides[k]);
  }

  long count() {
    long count = 1;
    for (long size : sizes) {
      count *= size;
    }
    return count;
  }
}
