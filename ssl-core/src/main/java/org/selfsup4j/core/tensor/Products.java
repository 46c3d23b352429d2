package org.selfsup4j.core.tensor;

import org.selfsup4j.core.kernel.Epilogue;
import org.selfsup4j.core.kernel.Kernels;
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
    Operation op = Operation.of("linear", x, weight, bias, residual);
    LinearLayer layer = LinearLayer.of(op, x, weight, bias);
    requireResidual(residual, layer.shape());
    Tensor y = op.result(residual == null ? x.type() : residual.type(), layer.shape());
    layer.forward(layer.epilogue(null, residual), y.block());
    return op.record(
        y,
        g -> {
          layer.backward(g, g.upstream());
          g.share(3, g.upstream());
        });
  }

  /**
   * A transformer's MLP: {@code gelu(x w1^T + b1) w2^T + b2 + residual}, exact GELU. What GELU was
   * given is kept for the backward pass; its result too where it is small, else it is computed
   * again. In mixed precision as {@link #linear(Tensor, Tensor, Tensor, Tensor)}.
   *
   * @param x [..., I]
   * @param w1 [H, I]
   * @param b1 [H], or null
   * @param w2 [O, H]
   * @param b2 [O], or null
   * @param residual [..., O], or null
   * @return [..., O]
   */
  public static Tensor mlp(Tensor x, Tensor w1, Tensor b1, Tensor w2, Tensor b2, Tensor residual) {
    return LinearPair.of(x, w1, b1, w2, b2, residual).apply();
  }

  static void requireResidual(Tensor residual, Shape shape) {
    if (residual != null && !residual.shape().equals(shape)) {
      throw new ShapeException("linear: residual " + residual.shape() + " must be " + shape);
    }
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
