package org.selfsup4j.core.tensor;

import org.selfsup4j.core.kernel.Binary;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.kernel.Reduction;
import org.selfsup4j.core.kernel.Unary;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** Many numbers in, one out: over any axes, kept with size 1 or dropped. */
public final class Reductions {

  private Reductions() {}

  /**
   * Reduces {@code axes} (all, where none is named); {@code keep} leaves them with size 1. Of equal
   * largest (smallest) numbers each gets an equal share of the gradient.
   */
  public static Tensor reduce(Reduction f, Tensor x, boolean keep, int... axes) {
    Operation op = Operation.of(f.name().toLowerCase(java.util.Locale.ROOT), x);
    op.sameRealType();
    long[] kept = keptShape(x.shape(), axes);
    Tensor y = op.result(x.type(), Shape.of(kept));
    op.kernels().reduce(f, x.block(), y.block());
    long share = Math.max(1, x.shape().count() / Math.max(1, y.shape().count()));
    Tensor result =
        op.record(
            y,
            g -> {
              Kernels k = g.kernels();
              long[] wide = x.shape().raw();
              Block dy = g.upstream().broadcast(wide);
              switch (f) {
                case SUM -> g.share(0, dy);
                case MEAN -> k.unary(Unary.LINEAR, 1.0 / share, 0, dy, g.target(0));
                default -> {
                  Block equal = g.scratch(ElementType.BOOL, wide);
                  Block count = g.scratch(x.type(), kept);
                  Block dx = g.target(0);
                  k.binary(Binary.EQUAL, x.block(), y.block().broadcast(wide), equal);
                  k.copy(equal, dx);
                  k.reduce(Reduction.SUM, dx, count);
                  k.binary(Binary.DIVIDE, dx, count.broadcast(wide), dx);
                  k.binary(Binary.MULTIPLY, dx, dy, dx);
                }
              }
            });
    return keep ? result : Views.drop(result, axes.length == 0 ? all(x.rank()) : axes);
  }

  /** The sum over {@code axes}, which stay with size 1. */
  public static Tensor sumKeeping(Tensor x, int... axes) {
    return reduce(Reduction.SUM, x, true, axes);
  }

  /** The mean over {@code axes}, which stay with size 1. */
  public static Tensor meanKeeping(Tensor x, int... axes) {
    return reduce(Reduction.MEAN, x, true, axes);
  }

  /** The minimum over {@code axes}, which vanish. */
  public static Tensor min(Tensor x, int... axes) {
    return reduce(Reduction.MIN, x, false, axes);
  }

  /** The variance over {@code axes}, which stay with size 1; unbiased: divided by n - 1. */
  public static Tensor varianceKeeping(Tensor x, boolean unbiased, int... axes) {
    Tensor centred = x.minus(meanKeeping(x, axes));
    Tensor squares = sumKeeping(centred.squared(), axes);
    long n = x.shape().count() / squares.shape().count();
    if (unbiased && n < 2) {
      throw new ShapeException(
          "the unbiased variance of 1 number over axes of shape " + x.shape() + " does not exist");
    }
    return squares.dividedBy((double) (unbiased ? n - 1 : n));
  }

  /** The variance over {@code axes}, which vanish. */
  public static Tensor variance(Tensor x, boolean unbiased, int... axes) {
    return Views.drop(varianceKeeping(x, unbiased, axes), axes.length == 0 ? all(x.rank()) : axes);
  }

  /** The Euclidean norm over {@code axes}, which stay with size 1; the gradient at 0 is 0. */
  public static Tensor normKeeping(Tensor x, int... axes) {
    Operation op = Operation.of("norm", x);
    op.sameRealType();
    long[] kept = keptShape(x.shape(), axes);
    Tensor y = op.result(x.type(), Shape.of(kept));
    Block squares = op.scratch(x.type(), x.shape().raw());
    op.kernels().binary(Binary.MULTIPLY, x.block(), x.block(), squares);
    op.kernels().reduce(Reduction.SUM, squares, y.block());
    op.kernels().unary(Unary.SQRT, 0, 0, y.block(), y.block());
    return op.record(
        y,
        g -> { // x / y dy, where y is not 0
          Kernels k = g.kernels();
          Block tiny = g.scratch(x.type());
          Block safe = g.scratch(x.type(), kept);
          k.fill(tiny, x.type() == ElementType.DOUBLE ? 1e-300 : 1e-30);
          k.binary(Binary.MAXIMUM, y.block(), tiny.broadcast(kept), safe);
          k.binary(Binary.DIVIDE, g.upstream(), safe, safe);
          k.binary(Binary.MULTIPLY, x.block(), safe.broadcast(x.shape().raw()), g.target(0));
        });
  }

  /** The Euclidean norm over {@code axes}, which vanish. */
  public static Tensor norm(Tensor x, int... axes) {
    return Views.drop(normKeeping(x, axes), axes.length == 0 ? all(x.rank()) : axes);
  }

  /** {@code x / max(||x||, epsilon)} along {@code axis}, as PyTorch's normalize. */
  public static Tensor l2Normalize(Tensor x, int axis, double epsilon) {
    Tensor norm = normKeeping(x, axis);
    return x.dividedBy(Arithmetic.clip(norm, epsilon, Float.MAX_VALUE));
  }

  /** {@link #l2Normalize(Tensor, int, double)} along the last axis with epsilon 1e-12. */
  public static Tensor l2Normalize(Tensor x) {
    return l2Normalize(x, -1, 1e-12);
  }

  /** {@code log(sum(e^x))} along {@code axis}, which vanishes; without overflow. */
  public static Tensor logSumExp(Tensor x, int axis) {
    Session session = Operation.of("logSumExp", x).session();
    Tensor top = session.withoutGradient(() -> reduce(Reduction.MAX, x, true, axis));
    Tensor sum = sumKeeping(x.minus(top).exp(), axis).log().plus(top);
    return Views.drop(sum, axis);
  }

  /** Where along {@code axis} the largest number stands, the first of equals: INT64. */
  public static Tensor argMax(Tensor x, int axis) {
    Operation op = Operation.of("argMax", x);
    int front = x.shape().axis(axis);
    Tensor y = op.result(ElementType.INT64, x.shape().with(front, 1));
    op.kernels().argMax(front, x.block(), y.block());
    return Views.drop(y, front);
  }

  static int[] all(int rank) {
    int[] axes = new int[rank];
    for (int i = 0; i < rank; i++) {
      axes[i] = i;
    }
    return axes;
  }

  private static long[] keptShape(Shape shape, int... axes) {
    long[] kept = shape.toArray();
    for (int axis : axes.length == 0 ? all(kept.length) : shape.distinctAxes("reduce", axes)) {
      kept[axis] = 1;
    }
    return kept;
  }
}
