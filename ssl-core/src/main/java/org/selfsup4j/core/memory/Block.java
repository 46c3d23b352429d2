package org.selfsup4j.core.memory;

import java.util.Arrays;

/**
 * A strided view of native memory: what kernels read and write.
 *
 * <p>Element {@code (i, j, ...)} lies {@code offset + i * stride[0] + j * stride[1] + ...} elements
 * behind the slab's first. A stride of 0 repeats an axis (broadcasting); negative strides do not
 * occur. Axis order is logical: an image batch is [N, C, H, W] whatever the order of its memory.
 */
public final class Block {

  private final Slab slab;
  private final long offset;
  private final long[] shape;
  private final long[] strides;

  /** A view; the arrays are taken over, not copied. */
  public Block(Slab slab, long offset, long[] shape, long[] strides) {
    if (shape.length != strides.length) {
      throw new IllegalArgumentException(
          "shape "
              + Arrays.toString(shape)
              + " and strides "
              + Arrays.toString(strides)
              + " differ in length");
    }
    this.slab = slab;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
    long last = offset;
    long count = 1;
    boolean forwards = true;
    for (int i = 0; i < shape.length; i++) {
      last += (shape[i] - 1) * strides[i];
      count *= shape[i];
      forwards &= strides[i] >= 0 || shape[i] <= 1;
    }
    // Every native access goes through a block, so this is where a wrong index stops.
    if (count > 0 && (offset < 0 || !forwards || last >= slab.elements())) {
      throw new IndexOutOfBoundsException(
          "view "
              + Arrays.toString(shape)
              + " with strides "
              + Arrays.toString(strides)
              + " at "
              + offset
              + " leaves its memory of "
              + slab.elements()
              + " elements");
    }
  }

  /** A view whose last axis is contiguous and each other axis steps over the axes behind it. */
  public static Block contiguous(Slab slab, long offset, long... shape) {
    return new Block(slab, offset, shape.clone(), Strides.rowMajor(shape));
  }

  /** The memory this is a view of. */
  public Slab slab() {
    return slab;
  }

  /** Elements from the slab's first to this view's first. */
  public long offset() {
    return offset;
  }

  /** The type of every element. */
  public ElementType type() {
    return slab.type();
  }

  /** Number of axes. */
  public int rank() {
    return shape.length;
  }

  /** Size of {@code axis}; negative axes count from the end. */
  public long size(int axis) {
    return shape[axis < 0 ? axis + shape.length : axis];
  }

  /** Elements between neighbours along {@code axis}; negative axes count from the end. */
  public long stride(int axis) {
    return strides[axis < 0 ? axis + strides.length : axis];
  }

  /** The sizes of all axes; not to be written to. */
  public long[] shape() {
    return shape;
  }

  /** The strides of all axes; not to be written to. */
  public long[] strides() {
    return strides;
  }

  /** How many elements the view has. */
  public long count() {
    long count = 1;
    for (long size : shape) {
      count *= size;
    }
    return count;
  }

  /** Whether the elements lie in row-major order without gaps. */
  public boolean isContiguous() {
    return Strides.isRowMajor(shape, strides);
  }

  /** Whether the elements fill one run of memory, in any order of the axes. */
  public boolean isDense() {
    return Strides.isDense(shape, strides);
  }

  /** The same memory seen with other sizes and strides, {@code shift} elements further on. */
  public Block view(long shift, long[] newShape, long[] newStrides) {
    return new Block(slab, offset + shift, newShape, newStrides);
  }

  /** The same elements with their axes in the order {@code axes}. */
  public Block permute(int... axes) {
    long[] newShape = new long[axes.length];
    long[] newStrides = new long[axes.length];
    for (int i = 0; i < axes.length; i++) {
      newShape[i] = shape[axes[i]];
      newStrides[i] = strides[axes[i]];
    }
    return new Block(slab, offset, newShape, newStrides);
  }

  /** The same elements with the last two axes exchanged. */
  public Block transposed() {
    long[] newShape = shape.clone();
    long[] newStrides = strides.clone();
    int last = shape.length - 1;
    newShape[last] = shape[last - 1];
    newShape[last - 1] = shape[last];
    newStrides[last] = strides[last - 1];
    newStrides[last - 1] = strides[last];
    return new Block(slab, offset, newShape, newStrides);
  }

  /** The elements {@code from} to {@code to} (exclusive) along {@code axis}. */
  public Block slice(int axis, long from, long to) {
    long[] newShape = shape.clone();
    newShape[axis] = to - from;
    return new Block(slab, offset + from * strides[axis], newShape, strides);
  }

  /**
   * The same elements, in row-major order of the logical axes, with other sizes; {@code null} where
   * the strides do not allow it without a copy.
   */
  public Block reshape(long... newShape) {
    long[] newStrides = Strides.reshaped(shape, strides, newShape);
    return newStrides == null ? null : new Block(slab, offset, newShape.clone(), newStrides);
  }

  /**
   * This view repeated to {@code newShape}: missing axes in front and axes of size 1 get stride 0.
   */
  public Block broadcast(long... newShape) {
    long[] newStrides = new long[newShape.length];
    int lead = newShape.length - shape.length;
    boolean fits = lead >= 0;
    for (int i = 0; fits && i < shape.length; i++) {
      boolean equal = shape[i] == newShape[lead + i];
      newStrides[lead + i] = equal ? strides[i] : 0;
      fits = equal || shape[i] == 1;
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "shape "
              + Arrays.toString(shape)
              + " does not broadcast to "
              + Arrays.toString(newShape)
              + ": sizes must be equal or 1, aligned at the last axis");
    }
    return new Block(slab, offset, newShape.clone(), newStrides);
  }

  /** For messages: type, shape and strides. */
  @Override
  public String toString() {
    return type() + Arrays.toString(shape) + " strides " + Arrays.toString(strides);
  }
}
