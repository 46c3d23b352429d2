package org.selfsup4j.core.tensor;

import org.selfsup4j.core.kernel.Epilogue;
import org.selfsup4j.core.kernel.Reduction;
import org.selfsup4j.core.kernel.Unary;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/**
 * {@code x weight^T + bias} and its gradients, with all leading axes of x as one.
 *
 * @param op that computes it
 * @param input the shape of x, [..., I]
 * @param inputType the type of x
 * @param weight [O, I]
 * @param bias [O], or null
 * @param factor x as products take it; read again by the backward pass
 * @param weightAt which input of the operation the weight is; the bias is the next
 */
record LinearLayer(
    Operation op,
    Shape input,
    ElementType inputType,
    Tensor weight,
    Tensor bias,
    Block factor,
    int weightAt) {

  /**
   * Begins with operands that fit each other: x, weight and bias are the operation's first inputs.
   *
   * @throws ShapeException if they do not
   */
  static LinearLayer of(Operation op, Tensor x, Tensor weight, Tensor bias) {
    op.activationType(1);
    requireFit(x.shape(), weight, bias);
    return new LinearLayer(op, x.shape(), x.type(), weight, bias, op.factor(x), 1);
  }

  /** A layer behind another one of the same operation, whose result is {@code x}. */
  static LinearLayer behind(Operation op, Block x, Tensor weight, Tensor bias, int weightAt) {
    Shape input = Shape.of(x.shape());
    requireFit(input, weight, bias);
    return new LinearLayer(op, input, x.type(), weight, bias, x, weightAt);
  }

  private static void requireFit(Shape x, Tensor weight, Tensor bias) {
    if (weight.rank() != 2 || x.rank() < 1 || x.size(-1) != weight.size(1)) {
      throw new ShapeException(
          "linear: input " + x + " does not fit weight [O, I] " + weight.shape());
    }
    long out = weight.size(0);
    if (bias != null && !bias.shape().equals(Shape.of(out))) {
      throw new ShapeException("linear: bias " + bias.shape() + " must be [" + out + "]");
    }
  }

  /** The result's: [..., O]. */
  Shape shape() {
    return input.with(-1, weight.size(0));
  }

  private long rows() {
    return input.count() / weight.size(1);
  }

  /** Writes the result, with an epilogue of which the bias is this layer's, into row-major y. */
  void forward(Epilogue epilogue, Block y) {
    Block rows = matrix(factor, weight.size(1));
    Block output = y.reshape(rows(), weight.size(0));
    op.kernels().matmul(rows, weight.block().transposed(), epilogue, output, false);
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

  /** Writes the gradients of x, weight and bias, as far as they are wanted; x is input 0. */
  void backward(Gradients g, Block upstream) {
    Block dy = rowsOf(g, upstream);
    if (g.wanted(0)) {
      inputGradient(g, dy, g.target(0));
    }
    weightGradients(g, factor, dy);
  }

  /** {@code upstream} [..., O] as {@link #weightGradients} and {@link #inputGradient} take it. */
  Block rowsOf(Gradients g, Block upstream) {
    return matrix(g, upstream, weight.size(0));
  }

  /** Whether the gradient of the weight is wanted, for which x is read again. */
  boolean wantsWeight(Gradients g) {
    return g.wanted(weightAt);
  }

  /**
   * The gradients of weight and bias, from x and the rows of the result's gradient.
   *
   * @return whether they are put off: then x and dy are still to be read
   */
  boolean weightGradients(Gradients g, Block x, Block dy) {
    long in = weight.size(1);
    long out = weight.size(0);
    int biasAt = weightAt + 1;
    Block dw = g.target(weightAt);
    Block db = g.target(biasAt);
    if (dw != null && db != null) {
      Block rows = matrix(g, x, in);
      return g.later(k -> k.linearWeights(rows, dy, dw, db), weightAt, biasAt);
    }
    if (dw != null) {
      Block rows = matrix(g, x, in);
      return g.later(k -> k.matmul(dy.transposed(), rows, Epilogue.NONE, dw, false), weightAt);
    }
    if (db != null) {
      Block sum = db.view(0, new long[] {1, out}, new long[] {out, 1});
      return g.later(k -> k.reduce(Reduction.SUM, dy, sum), biasAt);
    }
    return false;
  }

  /** Writes the gradient of x [..., I], from the rows of the result's. */
  void inputGradient(Gradients g, Block dy, Block dx) {
    Block flat = dx.reshape(rows(), weight.size(1));
    if (flat != null) {
      g.kernels().matmul(dy, weight.block(), Epilogue.NONE, flat, false);
    } else {
      Block copy = g.scratch(dx.type(), dx.shape());
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
