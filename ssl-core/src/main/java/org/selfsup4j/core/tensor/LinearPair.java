package org.selfsup4j.core.tensor;

import org.selfsup4j.core.kernel.Epilogue;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.kernel.Unary;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/**
 * Two linear layers with exact GELU between them as one operation: nobody else sees what is between
 * them, so its memory is used as suits them.
 *
 * @param op with the inputs x, w1, b1, w2, b2, residual
 * @param residual of the result's shape, or null
 * @param first to the hidden layer
 * @param second from it
 * @param given [..., H] what GELU is given; null where no tape runs
 * @param made [..., H] what it makes of it
 * @param kept whether that is still there in the backward pass
 */
record LinearPair(
    Operation op,
    Tensor residual,
    LinearLayer first,
    LinearLayer second,
    Block given,
    Block made,
    boolean kept) {

  /**
   * What is larger than this does not stay in the cache until the backward pass: to write it, and
   * to read it again, takes as long as to compute it again, and much more memory.
   */
  private static final long KEPT_BYTES = 10L << 20;

  /**
   * How much of the hidden layer's gradient goes from one thread's product to GELU at a time: it is
   * then still in the cache (4% of both with 1,088 rows of 768, and with 4,160 of 512).
   */
  private static final long PIECE_BYTES = 1L << 20;

  private static final int SECOND_WEIGHT = 3;
  private static final int RESIDUAL = 5;

  static LinearPair of(Tensor x, Tensor w1, Tensor b1, Tensor w2, Tensor b2, Tensor residual) {
    Operation op = Operation.of("mlp", x, w1, b1, w2, b2, residual);
    LinearLayer first = LinearLayer.of(op, x, w1, b1);
    ElementType type = first.factor().type();
    long[] hidden = first.shape().raw();
    boolean kept = op.recording() && first.shape().count() * type.bytes() <= KEPT_BYTES;
    Block given = op.saved(type, hidden);
    Block made = kept ? op.saved(type, hidden) : op.scratch(type, hidden);
    LinearLayer second = LinearLayer.behind(op, made, w2, b2, SECOND_WEIGHT);
    Products.requireResidual(residual, second.shape());
    return new LinearPair(op, residual, first, second, given, made, kept);
  }

  /** The result [..., O], of the residual's type or x's. */
  Tensor apply() {
    if (given == null) {
      first.forward(first.epilogue(Unary.GELU, null), made);
    } else {
      first.forward(first.epilogue(null, null), given);
      op.kernels().unary(Unary.GELU, 0, 0, given, made);
    }
    ElementType type = residual == null ? first.inputType() : residual.type();
    Tensor y = op.result(type, second.shape());
    second.forward(second.epilogue(null, residual), y.block());
    return op.record(y, this::backward);
  }

  private void backward(Gradients g) {
    Block dy = second.rowsOf(g, g.upstream());
    boolean late = second.weightGradients(g, kept || !second.wantsWeight(g) ? made : again(g), dy);
    throughGelu(g, dy, rows(given), kept && !late);
    first.backward(g, given);
    g.share(RESIDUAL, g.upstream());
  }

  private Block again(Gradients g) {
    Block room = g.scratch(made.type(), made.shape());
    g.kernels().unary(Unary.GELU, 0, 0, given, room);
    return room;
  }

  /**
   * Writes the gradient of what GELU was given over that [R, H], from the result's [R, O].
   *
   * @param unread whether nobody needs what GELU made of it any more
   */
  private void throughGelu(Gradients g, Block dy, Block hidden, boolean unread) {
    Kernels k = g.kernels();
    Block weight = second.weight().block();
    long rows = hidden.size(0);
    long most = PIECE_BYTES * k.threads() / (hidden.size(1) * hidden.type().bytes());
    boolean whole = hidden.type() != weight.type(); // weights would be rounded for each piece
    long step = whole ? rows : Math.min(rows, Math.max(1, most));
    Block room =
        unread && step == rows ? rows(made) : g.scratch(hidden.type(), step, hidden.size(1));
    for (long from = 0; from < rows; from += step) {
      long to = Math.min(from + step, rows);
      Block piece = hidden.slice(0, from, to);
      Block upstream = room.slice(0, 0, to - from);
      k.matmul(dy.slice(0, from, to), weight, Epilogue.NONE, upstream, false);
      k.unaryBackward(Unary.GELU, 0, 0, piece, upstream, piece);
    }
  }

  /** All leading axes of a dense block as one. */
  private static Block rows(Block hidden) {
    long width = hidden.size(-1);
    return hidden.reshape(width == 0 ? 0 : hidden.count() / width, width);
  }
}
