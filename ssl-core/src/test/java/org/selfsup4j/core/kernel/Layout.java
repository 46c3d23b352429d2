package org.selfsup4j.core.kernel;

/** Ways for the same numbers to lie in memory. */
public enum Layout {
  /** Row-major, no gaps. */
  ROWS,
  /** The first axis innermost: a transposed view. */
  REVERSED,
  /** The second axis innermost, [N, C, H, W] as [N, H, W, C]; row-major below rank 3. */
  CHANNELS_LAST,
  /** Every other element of a larger array, some elements behind its start. */
  GAPS,
  /** A slice of each axis of a larger array: the last axis contiguous, gaps between rows. */
  SLICED;

  /** Strides for {@code shape}. */
  long[] strides(long... shape) {
    int n = shape.length;
    long[] strides = new long[n];
    int[] order = new int[n]; // outermost first
    for (int i = 0; i < n; i++) {
      order[i] = this == REVERSED ? n - 1 - i : i;
    }
    if (this == CHANNELS_LAST && n > 2) {
      for (int i = 1; i < n - 1; i++) {
        order[i] = i + 1;
      }
      order[n - 1] = 1;
    }
    long step = this == GAPS ? 2 : 1;
    for (int i = n - 1; i >= 0; i--) {
      strides[order[i]] = step;
      step *= Math.max(1, shape[order[i]] + (this == SLICED ? 1 : 0));
    }
    return strides;
  }

  /** Elements before the first. */
  long offset() {
    return this == GAPS || this == SLICED ? 5 : 0;
  }
}
