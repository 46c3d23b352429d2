package org.selfsup4j.core.tensor;

import org.selfsup4j.core.kernel.Epilogue;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.kernel.Unary;
import org.selfsup4j.core.memory.Block;

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

  /** With an activation before the residual, for which no backward function is written. */
  private static Tensor linear(
      Tensor x, Tensor weight, Tensor bias, Unary activation, Tensor residual) {
    Operation op = Operation.of("linear", x, weight, bias, residual);
    LinearLayer layer = LinearLayer.of(op, x, weight, bias);
    Shape shape = layer.shape();
    if (residual != null && !residual.shape().equals(shape)) {
      throw new ShapeException("linear: residual " + residual.shape() + " must be " + shape);
    }
    Tensor y = op.result(residual == null ? x.type() : residual.type(), shape);
    layer.forward(layer.epilogue(activation, residual), y.block());
    return op.record(
        y,
        g -> {
          layer.backward(g, g.upstream());
          g.share(3, g.upstream());
        });
  }

  /**
   * {@code gelu(x weight^T + bias)}, exact GELU. One pass over the result where no tape runs; where
   * one runs, what GELU was given is saved, and its gradient takes that memory over.
   */
  public static Tensor linearGelu(Tensor x, Tensor weight, Tensor bias) {
    Operation op = Operation.of("linearGelu", x, weight, bias);
    if (!op.recording()) {
      return linear(x, weight, bias, Unary.GELU, null);
    }
    LinearLayer layer = LinearLayer.of(op, x, weight, bias);
    Tensor y = op.result(x.type(), layer.shape());
    Block z = op.saved(x.type(), y.shape().raw());
    layer.forward(layer.epilogue(null, null), z);
    op.kernels().unary(Unary.GELU, 0, 0, z, y.block());
    return op.record(
        y,
        g -> {
          g.kernels().unaryBackward(Unary.GELU, 0, 0, z, g.upstream(), z);
          layer.backward(g, z);
        });
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
