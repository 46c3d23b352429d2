package org.selfsup4j.core.kernel.nd4j;

import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log;
import org.selfsup4j.core.kernel.Reduction;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** Softmax and its logarithm over the last axis, with the largest logit taken off before. */
final class Softmaxes {

  private final Ops ops;
  private final Scratch scratch;
  private final Reductions reductions;

  Softmaxes(Ops ops, Scratch scratch, Reductions reductions) {
    this.ops = ops;
    this.scratch = scratch;
    this.reductions = reductions;
  }

  /** {@code y = softmax(x)} or {@code y = log softmax(x)}. */
  void forward(boolean logarithm, Block x, Block y) {
    Block row = row(x);
    reductions.reduce(Reduction.MAX, x, row);
    ops.subtract(x, row.broadcast(x.shape()), y);
    if (logarithm) {
      Block weight = scratch.like(y);
      ops.apply(Exp::new, y, weight);
      reductions.reduce(Reduction.SUM, weight, row);
      ops.apply(Log::new, row, row);
      ops.subtract(y, row.broadcast(x.shape()), y);
    } else {
      ops.apply(Exp::new, y, y);
      reductions.reduce(Reduction.SUM, y, row);
      ops.divide(y, row.broadcast(x.shape()), y);
    }
  }

  /** {@code dx = y (dy - sum(dy y))}, or {@code dx = dy - e^y sum(dy)}. */
  void backward(boolean logarithm, Block y, Block dy, Block dx) {
    Block row = row(y);
    Block t = scratch.like(y);
    if (logarithm) {
      reductions.reduce(Reduction.SUM, dy, row);
      ops.apply(Exp::new, y, t);
      ops.multiply(t, row.broadcast(y.shape()), t);
      ops.subtract(dy, t, dx);
    } else {
      ops.multiply(y, dy, t);
      reductions.reduce(Reduction.SUM, t, row);
      ops.subtract(dy, row.broadcast(y.shape()), t);
      ops.multiply(t, y, dx);
    }
  }

  private Block row(Block x) {
    long[] shape = x.shape().clone();
    shape[shape.length - 1] = 1;
    ElementType type = x.type();
    return scratch.rows(type, shape);
  }
}
