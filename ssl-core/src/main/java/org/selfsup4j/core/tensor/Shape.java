package org.selfsup4j.core.tensor;

import java.util.Arrays;

/** The sizes of a tensor's axes. A scalar has none. */
public final class Shape {

  private final long[] sizes;

  private Shape(long[] sizes) {
    this.sizes = sizes;
  }

  /** A shape of these sizes. */
  public static Shape of(long... sizes) {
    for (long size : sizes) {
      if (size < 0) {
        throw new ShapeException(
            "shape " + Arrays.toString(sizes) + " has a negative size: sizes count elements");
      }
    }
    return new Shape(sizes.clone());
  }

  /** Number of axes. */
  public int rank() {
    return sizes.length;
  }

  /** Size of {@code axis}; negative axes count from the end. */
  public long size(int axis) {
    return sizes[axis(axis)];
  }

  /** Number of elements. */
  public long count() {
    long count = 1;
    for (long size : sizes) {
      count *= size;
    }
    return count;
  }

  /** The sizes, as a copy. */
  public long[] toArray() {
    return sizes.clone();
  }

  /** {@code axis} counted from the front. */
  public int axis(int axis) {
    int front = axis < 0 ? axis + sizes.length : axis;
    if (front < 0 || front >= sizes.length) {
      throw new ShapeException(
          "axis " + axis + " does not exist in shape " + this + " of " + sizes.length + " axes");
    }
    return front;
  }

  /** {@code axes} counted from the front and sorted; none may be named twice. */
  int[] distinctAxes(String operation, int... axes) {
    int[] sorted = Arrays.stream(axes).map(this::axis).sorted().toArray();
    for (int i = 1; i < sorted.length; i++) {
      if (sorted[i] == sorted[i - 1]) {
        throw new ShapeException(
            operation
                + ": "
                + Arrays.toString(axes)
                + " names axis "
                + sorted[i]
                + " of shape "
                + this
                + " twice");
      }
    }
    return sorted;
  }

  /** This shape with {@code size} at {@code axis}. */
  public Shape with(int axis, long size) {
    long[] copy = sizes.clone();
    copy[axis(axis)] = size;
    return new Shape(copy);
  }

  /** The smallest shape that both broadcast to, aligned at the last axis. */
  public static Shape broadcast(String operation, Shape a, Shape b) {
    int rank = Math.max(a.rank(), b.rank());
    long[] sizes = new long[rank];
    for (int i = 1; i <= rank; i++) {
      long x = i <= a.rank() ? a.sizes[a.rank() - i] : 1;
      long y = i <= b.rank() ? b.sizes[b.rank() - i] : 1;
      if (x != y && x != 1 && y != 1) {
        throw new ShapeException(
            operation
                + ": shapes "
                + a
                + " and "
                + b
                + " do not broadcast: sizes must be equal or 1, aligned at the last axis");
      }
      sizes[rank - i] = x == 1 ? y : x;
    }
    return new Shape(sizes);
  }

  long[] raw() {
    return sizes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(sizes, shape.sizes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sizes);
  }

  /** For messages: {@code [128, 3, 32, 32]}. */
  @Override
  public String toString() {
    return Arrays.toString(sizes);
  }
}
