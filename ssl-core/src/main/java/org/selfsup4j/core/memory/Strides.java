package org.selfsup4j.core.memory;

import java.util.Arrays;

/** How the axes of a view lie in memory: pure arithmetic on sizes and strides. */
public final class Strides {

  private Strides() {}

  /** Strides of a row-major array: the last axis is contiguous. */
  public static long[] rowMajor(long... shape) {
    long[] strides = new long[shape.length];
    long step = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = step;
      step *= Math.max(1, shape[i]);
    }
    return strides;
  }

  /** Strides of [N, C, spatial...] whose memory is [N, spatial..., C]. */
  public static long[] channelsLast(long... shape) {
    long[] strides = new long[shape.length];
    long step = 1;
    strides[1] = 1;
    step *= shape[1];
    for (int i = shape.length - 1; i >= 2; i--) {
      strides[i] = step;
      step *= shape[i];
    }
    strides[0] = step;
    return strides;
  }

  /** Whether elements lie in row-major order without gaps; axes of size 1 may have any stride. */
  public static boolean isRowMajor(long[] shape, long[] strides) {
    long step = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      if (shape[i] != 1 && strides[i] != step) {
        return false;
      }
      step *= shape[i];
    }
    return true;
  }

  /** Whether the elements fill one run of memory, each place once, in any order of the axes. */
  public static boolean isDense(long[] shape, long[] strides) {
    int[] order = byStride(strides);
    long step = 1;
    for (int i = order.length - 1; i >= 0; i--) {
      int axis = order[i];
      if (shape[axis] != 1) {
        if (strides[axis] != step) {
          return false;
        }
        step *= shape[axis];
      }
    }
    return true;
  }

  /**
   * Gapless strides for {@code shape} that keep the order of memory of {@code like}: the layout of
   * a result follows the layout of its operand. Broadcast axes (stride 0) count as outermost.
   */
  public static long[] like(long[] shape, long[] like) {
    if (shape.length != like.length) {
      return rowMajor(shape);
    }
    int[] order = byStride(like);
    long[] strides = new long[shape.length];
    long step = 1;
    for (int i = order.length - 1; i >= 0; i--) {
      strides[order[i]] = step;
      step *= Math.max(1, shape[order[i]]);
    }
    return strides;
  }

  /**
   * Strides of the same elements in row-major order under {@code target} sizes, or {@code null} if
   * a copy is needed.
   */
  public static long[] reshaped(long[] shape, long[] strides, long[] target) {
    long elements = count(shape);
    if (elements != count(target)) {
      throw new IllegalArgumentException(
          Arrays.toString(shape) + " has not as many elements as " + Arrays.toString(target));
    }
    if (elements == 0) {
      return rowMajor(target);
    }
    // Axes of size 1 have no say; merge neighbours that are one run, then cut the runs anew.
    int n = 0;
    long[] sizes = new long[shape.length];
    long[] steps = new long[shape.length];
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] == 1) {
        continue;
      }
      if (n > 0 && steps[n - 1] == strides[i] * shape[i]) {
        sizes[n - 1] *= shape[i];
        steps[n - 1] = strides[i];
      } else {
        sizes[n] = shape[i];
        steps[n++] = strides[i];
      }
    }
    long[] result = new long[target.length];
    int run = n - 1;
    long left = run >= 0 ? sizes[run] : 1;
    long step = run >= 0 ? steps[run] : 1;
    for (int i = target.length - 1; i >= 0; i--) {
      if (target[i] == 1) {
        result[i] = step;
        continue;
      }
      if (left == 1 && run > 0) {
        run--;
        left = sizes[run];
        step = steps[run];
      }
      if (left % target[i] != 0) {
        return null;
      }
      result[i] = step;
      step *= target[i];
      left /= target[i];
    }
    return result;
  }

  private static long count(long... shape) {
    long count = 1;
    for (long size : shape) {
      count *= size;
    }
    return count;
  }

  /** Axes from the outermost (largest stride) to the innermost; equal strides keep their order. */
  private static int[] byStride(long[] strides) {
    int n = strides.length;
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }
    for (int i = 1; i < n; i++) { // insertion sort: ranks are tiny, and it must be stable
      int axis = order[i];
      int j = i;
      while (j > 0 && key(strides, order[j - 1]) < key(strides, axis)) {
        order[j] = order[j - 1];
        j--;
      }
      order[j] = axis;
    }
    return order;
  }

  private static long key(long[] strides, int axis) {
    return strides[axis] == 0 ? Long.MAX_VALUE : strides[axis];
  }
}
