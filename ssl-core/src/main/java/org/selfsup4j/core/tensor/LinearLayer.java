package org.selfsup4j.core.tensor;

import org.selfsup4j.core.kernel.Epilogue;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.kernel.Reduction;
import org.selfsup4j.core.kernel.Unary;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/**
 * {@code x weight^T + bias} and its gradients, with all leading axes of x as one.
 *
 * @param op with the inputs x, weight, bias (or null), in this order
 * @param x [..., I]
 * @param weight [O, I]
 * @param bias [O], or null
 * @param factor x as products take it; saved for the backward pass
 */
record LinearLayer(Operation op, Tensor x, Tensor weight, Tensor bias, Block factor) {

  /**
   * Begins with operands that fit each other.
   *
   * @throws ShapeException if they do not
   */
  static LinearLayer of(Operation op, Tensor x, Tensor weight, Tensor bias) {
    op.activationType(1);
    if (weight.rank() != 2 || x.rank() < 1 || x.size(-1) != weight.size(1)) {
      throw new ShapeException(
          "linear: input " + x.shape() + " does not fit weight [O, I] " + weight.shape());
    }
    long out = weight.size(0);
    if (bias != null && !bias.shape().equals(Shape.of(out))) {
      throw new ShapeException("linear: bias " + bias.shape() + " must be [" + out + "]");
    }
    return new LinearLayer(op, x, weight, bias, op.factor(x));
  }

  /** The result's: [..., O]. */
  Shape shape() {
    return x.shape().with(-1, weight.size(0));
  }

  private long rows() {
    return x.shape().count() / weight.size(1);
  }

  /** Writes the result, with an epilogue of which the bias is this layer's, into row-major y. */
  void forward(Epilogue epilogue, Block y) {
    Block input = matrix(factor, weight.size(1));
    Block output = y.reshape(rows(), weight.size(0));
    op.kernels().matmul(input, weight.block().transposed(), epilogue, output, false);
  }

  /** As {@link Epilogue#of}, with this layer's bias and a residual [..., O] or null. */
  Epilogue epilogue(Unary activation, Tensor residual) {
    Block addend = residual == null ? null : matrix(residual.block(), weight.size(0));
    return Epilogue.of(bias == null ? null : bias.block(), activation, addend);
  }

  /** All leading axes as one; a scratch copy where strides do not allow that. */
  private Block matrix(Block block, long columns) {
    Block flat = block.reshape(rows(), columns);
    if (flat != null) {
      return flat;
    }
    Block copy = op.scratch(block.type(), block.shape());
    op.kernels().copy(block, copy);
    return copy.reshape(rows(), columns);
  }

  /** Writes the gradients of x, weight and bias, as far as they are wanted. */
  void backward(Gradients g, Block upstream) {
    long in = weight.size(1);
    long out = weight.size(0);
    Kernels k = g.kernels();
    Block dy = matrix(g, upstream, out);
    if (g.wanted(0)) {
      inputGradient(g, dy);
    }
    if (g.wanted(1) && g.wanted(2)) {
      k.linearWeights(matrix(g, factor, in), dy, g.target(1), g.target(2));
    } else if (g.wanted(1)) {
      k.matmul(dy.transposed(), matrix(g, factor, in), Epilogue.NONE, g.target(1), false);
    } else if (g.wanted(2)) {
      k.reduce(Reduction.SUM, dy, g.target(2).view(0, new long[] {1, out}, new long[] {out, 1}));
    }
  }

  private void inputGradient(Gradients g, Block dy) {
    Block dx = g.target(0);
    Block flat = dx.reshape(rows(), weight.size(1));
    if (flat != null) {
      g.kernels().matmul(dy, weight.block(), Epilogue.NONE, flat, false);
    } else {
      Block copy = g.scratch(x.type(), x.shape().raw());
      Block rows = copy.reshape(rows(), weight.size(1));
      g.kernels().matmul(dy, weight.block(), Epilogue.NONE, rows, false);
      g.kernels().copy(copy, dx);
    }
  }

  /**
   * The same for a backward pass, of the factor's type; a scratch copy where type or strides ask
   * for it.
   */
  private Block matrix(Gradients g, Block block, long columns) {
    ElementType type = factor.type();
    Block flat = block.type() == type ? block.reshape(rows(), columns) : null;
    if (flat != null) {
      return flat;
    }
    Block copy = g.scratch(type, block.shape());
    g.kernels().copy(block, copy);
    return copy.reshape(rows(), columns);
  }
}
