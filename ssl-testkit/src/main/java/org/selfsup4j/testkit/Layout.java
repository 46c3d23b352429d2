package org.selfsup4j.testkit;

import java.util.Arrays;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.tensor.Views;

/** How an input of a {@link GradientCheck} lies in memory. */
public enum Layout {
  /** The last axis contiguous. */
  ROW_MAJOR,
  /** The axes in reverse order. */
  TRANSPOSED,
  /** With foreign numbers before and behind each axis. */
  SLICED,
  /** With a foreign number between two neighbours. */
  STEPPED,
  /** Images and signals whose channels are neighbours. */
  CHANNELS_LAST,
  /** The first axis repeated with stride 0. */
  REPEATED_FIRST,
  /** The last axis repeated with stride 0. */
  REPEATED_LAST;

  /** Whether a tensor of these sizes can lie so, and differently from row-major. */
  boolean fits(long... shape) {
    long wide = Arrays.stream(shape).filter(size -> size > 1).count();
    return switch (this) {
      case ROW_MAJOR -> true;
      case TRANSPOSED -> wide > 1;
      case SLICED, STEPPED -> shape.length > 0;
      case CHANNELS_LAST -> shape.length == 3 || shape.length == 4;
      case REPEATED_FIRST, REPEATED_LAST -> wide > 0;
    };
  }

  /** Whether several elements share one place. */
  boolean repeats() {
    return this == REPEATED_FIRST || this == REPEATED_LAST;
  }

  /** The sizes of the row-major memory that holds a tensor of {@code shape}. */
  long[] memory(long... shape) {
    int rank = shape.length;
    long[] memory = shape.clone();
    switch (this) {
      case ROW_MAJOR -> {}
      case TRANSPOSED -> {
        for (int i = 0; i < rank; i++) {
          memory[i] = shape[rank - 1 - i];
        }
      }
      case SLICED -> Arrays.setAll(memory, i -> shape[i] + 3);
      case STEPPED -> {
        memory = Arrays.copyOf(shape, rank + 1);
        memory[rank] = 2;
      }
      case CHANNELS_LAST -> {
        for (int i = 1; i < rank - 1; i++) {
          memory[i] = shape[i + 1];
        }
        memory[rank - 1] = shape[1];
      }
      case REPEATED_FIRST, REPEATED_LAST -> memory[repeated(shape)] = 1;
    }
    return memory;
  }

  /** Where in that memory each element lies, elements in row-major order. */
  int[] places(long... shape) {
    int rank = shape.length;
    long[] memory = memory(shape);
    long[] steps = new long[memory.length];
    long step = 1;
    for (int i = memory.length - 1; i >= 0; i--) {
      steps[i] = step;
      step *= memory[i];
    }
    long[] strides = Arrays.copyOf(steps, rank);
    long first = 0;
    switch (this) {
      case ROW_MAJOR -> {}
      case TRANSPOSED -> {
        for (int i = 0; i < rank; i++) {
          strides[i] = steps[rank - 1 - i];
        }
      }
      case SLICED -> first = Arrays.stream(steps).sum();
      case STEPPED -> first = 1;
      case CHANNELS_LAST -> {
        for (int i = 2; i < rank; i++) {
          strides[i] = steps[i - 1];
        }
        strides[1] = steps[rank - 1];
      }
      case REPEATED_FIRST, REPEATED_LAST -> strides[repeated(shape)] = 0;
    }
    return walk(shape, strides, first);
  }

  /** A tensor of {@code shape} that lies so, over a row-major one of the memory's sizes. */
  Tensor over(Tensor memory, long... shape) {
    int rank = shape.length;
    return switch (this) {
      case ROW_MAJOR -> memory;
      case TRANSPOSED -> {
        int[] axes = new int[rank];
        Arrays.setAll(axes, i -> rank - 1 - i);
        yield memory.permute(axes);
      }
      case SLICED -> {
        Tensor inside = memory;
        for (int i = 0; i < rank; i++) {
          inside = inside.slice(i, 1, 1 + shape[i]);
        }
        yield inside;
      }
      case STEPPED -> Views.drop(memory.slice(-1, 1, 2), -1);
      case CHANNELS_LAST -> rank == 3 ? memory.permute(0, 2, 1) : memory.permute(0, 3, 1, 2);
      case REPEATED_FIRST, REPEATED_LAST -> memory.broadcast(shape);
    };
  }

  private int repeated(long... shape) {
    int axis = this == REPEATED_FIRST ? 0 : shape.length - 1;
    while (shape[axis] == 1) {
      axis += this == REPEATED_FIRST ? 1 : -1;
    }
    return axis;
  }

  private static int[] walk(long[] shape, long[] strides, long first) {
    int count = 1;
    for (long size : shape) {
      count *= (int) size;
    }
    int[] places = new int[count];
    for (int i = 0; i < count; i++) {
      long place = first;
      int rest = i;
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        place += rest % shape[axis] * strides[axis];
        rest /= (int) shape[axis];
      }
      places[i] = (int) place;
    }
    return places;
  }
}
