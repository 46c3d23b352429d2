package org.selfsup4j.core.tensor;

import org.selfsup4j.core.kernel.Epilogue;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.kernel.Reduction;
import org.selfsup4j.core.kernel.Unary;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** Products of matrices. */
public final class Products {

  private Products() {}

  /**
   * {@code a b} over the last two axes: [..., M, K] by [..., K, N] is [..., M, N]; leading axes are
   * broadcast. Transposed and strided operands cost no copy.
   *
   * @throws ShapeException if the inner sizes differ or an operand has fewer than two axes
   */
  public static Tensor matmul(Tensor a, Tensor b) {
    Operation op = Operation.of("matmul", a, b);
    op.sameRealType();
    if (a.rank() < 2 || b.rank() < 2 || a.size(-1) != b.size(-2)) {
      throw new ShapeException(
          "matmul: "
              + a.shape()
              + " by "
              + b.shape()
              + ": both need two axes or more, and the last of the first must equal the last but"
              + " one of the second");
    }
    long[] lead = Shape.broadcast("matmul", leading(a.shape()), leading(b.shape())).raw();
    long[] shape = append(lead, a.size(-2), b.size(-1));
    Block wideA = a.block().broadcast(append(lead, a.size(-2), a.size(-1)));
    Block wideB = b.block().broadcast(append(lead, b.size(-2), b.size(-1)));
    Tensor y = op.result(a.type(), Shape.of(shape));
    op.kernels().matmul(wideA, wideB, Epilogue.NONE, y.block(), false);
    return op.record(
        y,
        g -> {
          Kernels k = g.kernels();
          Block dy = g.upstream();
          Arithmetic.reduceInto(
              g,
              0,
              a,
              Shape.of(wideA.shape()),
              d -> k.matmul(dy, wideB.transposed(), Epilogue.NONE, d, false));
          Arithmetic.reduceInto(
              g,
              1,
              b,
              Shape.of(wideB.shape()),
              d -> k.matmul(wideA.transposed(), dy, Epilogue.NONE, d, false));
        });
  }

  /**
   * {@code x weight^T + bias}: a linear layer with PyTorch's order of weights.
   *
   * @param x [..., I]
   * @param weight [O, I]
   * @param bias [O], or null
   * @return [..., O]
   */
  public static Tensor linear(Tensor x, Tensor weight, Tensor bias) {
    return linear(x, weight, bias, null);
  }

  /**
   * {@code x weight^T + bias + residual} in one pass over the result. In mixed precision x and
   * weight are rounded to BFLOAT16 for the product; the result has the residual's type, or x's.
   *
   * @param residual [..., O] of the result's shape, or null
   */
  public static Tensor linear(Tensor x, Tensor weight, Tensor bias, Tensor residual) {
    return linear(x, weight, bias, null, residual);
  }

  /**
   * {@code gelu(x weight^T + bias)}, exact GELU. One pass over the result where no tape runs;
   * GELU's gradient needs what it was given, so where one runs they are two operations.
   */
  public static Tensor linearGelu(Tensor x, Tensor weight, Tensor bias) {
    return Operation.of("linearGelu", x, weight, bias).recording()
        ? Activations.gelu(linear(x, weight, bias))
        : linear(x, weight, bias, Unary.GELU, null);
  }

  /** With an activation before the residual, for which no backward function is written. */
  private static Tensor linear(
      Tensor x, Tensor weight, Tensor bias, Unary activation, Tensor residual) {
    Operation op = Operation.of("linear", x, weight, bias, residual);
    op.activationType(1);
    if (weight.rank() != 2 || x.rank() < 1 || x.size(-1) != weight.size(1)) {
      throw new ShapeException(
          "linear: input " + x.shape() + " does not fit weight [O, I] " + weight.shape());
    }
    long in = weight.size(1);
    long out = weight.size(0);
    Shape shape = x.shape().with(-1, out);
    if (bias != null && !bias.shape().equals(Shape.of(out))) {
      throw new ShapeException("linear: bias " + bias.shape() + " must be [" + out + "]");
    }
    if (residual != null && !residual.shape().equals(shape)) {
      throw new ShapeException("linear: residual " + residual.shape() + " must be " + shape);
    }
    long rows = x.shape().count() / in;
    Block factor = op.factor(x); // what is saved for the backward pass
    Block x2 = matrix(op, factor, rows, in);
    ElementType type = residual == null ? x.type() : residual.type();
    Tensor y = op.result(type, shape);
    Block biasBlock = bias == null ? null : bias.block();
    Block addend = residual == null ? null : matrix(op, residual.block(), rows, out);
    op.kernels()
        .matmul(
            x2,
            weight.block().transposed(),
            Epilogue.of(biasBlock, activation, addend),
            y.block().reshape(rows, out),
            false);
    return op.record(
        y,
        g -> {
          Kernels k = g.kernels();
          Block dy = matrix(g, g.upstream(), factor.type(), rows, out);
          Block input = matrix(g, factor, factor.type(), rows, in);
          if (g.wanted(0)) {
            inputGradient(g, x, rows, in, dy, weight.block());
          }
          if (g.wanted(1)) {
            k.matmul(dy.transposed(), input, Epilogue.NONE, g.target(1), false);
          }
          if (g.wanted(2)) {
            k.reduce(
                Reduction.SUM, dy, g.target(2).view(0, new long[] {1, out}, new long[] {out, 1}));
          }
          g.share(3, g.upstream());
        });
  }

  private static void inputGradient(
      Gradients g, Tensor x, long rows, long in, Block dy, Block weight) {
    Block dx = g.target(0);
    Block flat = dx.reshape(rows, in);
    if (flat != null) {
      g.kernels().matmul(dy, weight, Epilogue.NONE, flat, false);
    } else {
      Block copy = g.scratch(x.type(), x.shape().raw());
      g.kernels().matmul(dy, weight, Epilogue.NONE, copy.reshape(rows, in), false);
      g.kernels().copy(copy, dx);
    }
  }

  /** All leading axes as one; a scratch copy where strides do not allow that. */
  private static Block matrix(Operation op, Block x, long rows, long columns) {
    Block flat = x.reshape(rows, columns);
    if (flat != null) {
      return flat;
    }
    Block copy = op.scratch(x.type(), x.shape());
    op.kernels().copy(x, copy);
    return copy.reshape(rows, columns);
  }

  /** The same as numbers of {@code type}, for a backward pass. */
  private static Block matrix(Gradients g, Block x, ElementType type, long rows, long columns) {
    Block flat = x.type() == type ? x.reshape(rows, columns) : null;
    if (flat != null) {
      return flat;
    }
    Block copy = g.scratch(type, x.shape());
    g.kernels().copy(x, copy);
    return copy.reshape(rows, columns);
  }

  private static Shape leading(Shape shape) {
    long[] sizes = shape.raw();
    return Shape.of(java.util.Arrays.copyOf(sizes, sizes.length - 2));
  }

  private static long[] append(long[] lead, long rows, long columns) {
    long[] shape = java.util.Arrays.copyOf(lead, lead.length + 2);
    shape[lead.length] = rows;
    shape[lead.length + 1] = columns;
    return shape;
  }
}
