package org.selfsup4j.core.tensor;

import java.util.Arrays;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** The same numbers seen otherwise: without a copy wherever strides can say it. */
public final class Views {

  private Views() {}

  /** The same numbers in row-major order with other sizes; one size may be -1: what is left. */
  public static Tensor reshape(Tensor x, long... sizes) {
    long[] target = fill(x.shape(), sizes);
    Operation op = Operation.of("reshape", x);
    Block view = x.block().reshape(target);
    if (view == null) {
      return reshape(contiguous(x), target);
    }
    return op.recordView(
        x,
        view,
        g -> {
          Block back = g.upstream().reshape(x.shape().raw());
          if (back != null) {
            g.share(0, back);
          } else {
            Block copy = g.scratch(x.type(), target);
            g.kernels().copy(g.upstream(), copy);
            g.kernels().copy(copy.reshape(x.shape().raw()), g.target(0));
          }
        });
  }

  /** A copy in row-major memory; {@code x} itself where it is that already. */
  public static Tensor contiguous(Tensor x) {
    if (x.block().isContiguous()) {
      return x;
    }
    Operation op = Operation.of("contiguous", x);
    Tensor y = op.result(x.type(), x.shape());
    op.kernels().copy(x.block(), y.block());
    return op.record(y, g -> g.share(0, g.upstream()));
  }

  /** The axes in the order {@code axes}. */
  public static Tensor permute(Tensor x, int... axes) {
    int[] order = new int[axes.length];
    int[] back = new int[x.rank()];
    Arrays.fill(back, -1);
    for (int i = 0; i < axes.length; i++) {
      order[i] = x.shape().axis(axes[i]);
      back[order[i]] = i;
    }
    if (axes.length != x.rank() || Arrays.stream(back).anyMatch(i -> i < 0)) {
      throw new ShapeException(
          "permute: " + Arrays.toString(axes) + " must name each axis of " + x.shape() + " once");
    }
    Operation op = Operation.of("permute", x);
    return op.recordView(x, x.block().permute(order), g -> g.share(0, g.upstream().permute(back)));
  }

  /** Two axes exchanged. */
  public static Tensor transpose(Tensor x, int first, int second) {
    int[] axes = Reductions.all(x.rank());
    int a = x.shape().axis(first);
    int b = x.shape().axis(second);
    axes[a] = b;
    axes[b] = a;
    return permute(x, axes);
  }

  /** Elements {@code from} to {@code to} (exclusive) along {@code axis}. */
  public static Tensor slice(Tensor x, int axis, long from, long to) {
    int front = x.shape().axis(axis);
    if (from < 0 || to > x.size(front) || from > to) {
      throw new ShapeException(
          "slice " + from + " to " + to + " leaves axis " + axis + " of shape " + x.shape());
    }
    Operation op = Operation.of("slice", x);
    return op.recordView(
        x,
        x.block().slice(front, from, to),
        g -> {
          Block dx = g.target(0);
          g.kernels().fill(dx, 0);
          g.kernels().copy(g.upstream(), dx.slice(front, from, to));
        });
  }

  /** Repeated to {@code sizes}: missing axes in front, and axes of size 1. */
  public static Tensor broadcast(Tensor x, long... sizes) {
    Operation op = Operation.of("broadcast", x);
    Shape wide = Shape.of(sizes);
    if (!Shape.broadcast("broadcast", x.shape(), wide).equals(wide)) {
      throw new ShapeException(
          "broadcast: shape "
              + x.shape()
              + " does not broadcast to "
              + wide
              + ": sizes must be equal or 1, aligned at the last axis");
    }
    return op.recordView(
        x, x.block().broadcast(sizes), g -> Arithmetic.shareOrReduce(g, 0, x, wide));
  }

  /** With a new axis of size 1 at {@code axis}. */
  public static Tensor expand(Tensor x, int axis) {
    int front = axis < 0 ? axis + x.rank() + 1 : axis;
    if (front < 0 || front > x.rank()) {
      throw new ShapeException(
          "expand: axis " + axis + " can't be a new axis of shape " + x.shape());
    }
    long[] shape = new long[x.rank() + 1];
    long[] strides = new long[x.rank() + 1];
    for (int i = 0, j = 0; i < shape.length; i++) {
      if (i == front) {
        shape[i] = 1;
        strides[i] = j < x.rank() ? x.strides()[j] * x.size(j) : 1;
      } else {
        shape[i] = x.size(j);
        strides[i] = x.strides()[j++];
      }
    }
    Operation op = Operation.of("expand", x);
    return op.recordView(
        x, x.block().view(0, shape, strides), g -> g.share(0, without(g.upstream(), front)));
  }

  /** Without {@code axes}, whose sizes are 1. */
  public static Tensor drop(Tensor x, int... axes) {
    int[] sorted = x.shape().distinctAxes("drop", axes);
    Operation op = Operation.of("drop", x);
    Block view = x.block();
    for (int i = sorted.length - 1; i >= 0; i--) {
      if (view.size(sorted[i]) != 1) {
        throw new ShapeException(
            "axis "
                + sorted[i]
                + " of shape "
                + x.shape()
                + " has not size 1: it can't be dropped");
      }
      view = without(view, sorted[i]);
    }
    return op.recordView(
        x,
        view,
        g -> {
          Block back = g.upstream();
          for (int axis : sorted) {
            back = with(back, axis);
          }
          g.share(0, back);
        });
  }

  /** Converted to {@code type}. */
  public static Tensor convert(Tensor x, ElementType type) {
    if (x.type() == type) {
      return x;
    }
    Operation op = Operation.of("convert", x);
    Tensor y = op.resultLike(x, type, x.shape());
    op.kernels().copy(x.block(), y.block());
    if (!type.isReal()) {
      return y;
    }
    return op.record(y, g -> g.kernels().copy(g.upstream(), g.target(0)));
  }

  private static Block without(Block block, int axis) {
    long[] shape = new long[block.rank() - 1];
    long[] strides = new long[block.rank() - 1];
    for (int i = 0, j = 0; i < block.rank(); i++) {
      if (i != axis) {
        shape[j] = block.size(i);
        strides[j++] = block.stride(i);
      }
    }
    return block.view(0, shape, strides);
  }

  private static Block with(Block block, int axis) {
    long[] shape = new long[block.rank() + 1];
    long[] strides = new long[block.rank() + 1];
    for (int i = 0, j = 0; i < shape.length; i++) {
      shape[i] = i == axis ? 1 : block.size(j);
      strides[i] = i == axis ? 1 : block.stride(j++);
    }
    return block.view(0, shape, strides);
  }

  private static long[] fill(Shape shape, long... sizes) {
    long[] target = sizes.clone();
    int open = -1;
    long known = 1;
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] == -1 && open < 0) {
        open = i;
      } else {
        known *= sizes[i];
      }
    }
    if (open >= 0 && known > 0) {
      target[open] = shape.count() / known;
      known *= target[open];
    }
    if (known != shape.count()) {
      throw new ShapeException(
          "reshape: shape "
              + shape
              + " of "
              + shape.count()
              + " elements does not become "
              + Arrays.toString(sizes));
    }
    return target;
  }
}
