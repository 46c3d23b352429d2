package org.selfsup4j.core.kernel.nd4j;

import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Strides;

/** Batch norm: statistics and gains [1, C, 1, 1]; with relu, a mask of what was positive. */
final class BatchNorm {

  private final Ops ops;
  private final Scratch scratch;
  private final Normalisations normalisations;
  private final Elementwise elementwise;

  BatchNorm(Ops ops, Scratch scratch, Normalisations normalisations, Elementwise elementwise) {
    this.ops = ops;
    this.scratch = scratch;
    this.normalisations = normalisations;
    this.elementwise = elementwise;
  }

  void forward(
      Block x,
      Block gamma,
      Block beta,
      double epsilon,
      boolean batchStatistics,
      boolean relu,
      Block mean,
      Block variance,
      Block y,
      Block workspace) {
    if (batchStatistics) {
      normalisations.statistics(x, channels(mean), channels(variance), y);
    }
    normalisations.normalise(
        x, channels(mean), channels(variance), epsilon, channels(gamma), channels(beta), y);
    if (relu) {
      elementwise.relu(y, y);
      if (workspace != null) {
        ops.combine("greater", y, elementwise.constant(y, 0), mask(workspace, y));
      }
    }
  }

  void backward(
      Block x,
      Block gamma,
      double epsilon,
      boolean batchStatistics,
      Block mean,
      Block variance,
      Block workspace,
      Block dy,
      Block dx,
      Block dgamma,
      Block dbeta) {
    Block given = dy;
    if (workspace != null) {
      given = scratch.like(dy);
      ops.copy(mask(workspace, dy), given);
      ops.multiply(given, dy, given);
    }
    normalisations.backward(
        x,
        channels(mean),
        channels(variance),
        epsilon,
        channels(gamma),
        batchStatistics,
        given,
        dx,
        channels(dgamma),
        channels(dbeta));
  }

  /** The workspace as a mask of x's shape, in channels-last order whatever the order of x. */
  private static Block mask(Block workspace, Block x) {
    if (workspace.type() != ElementType.BOOL) {
      throw new IllegalArgumentException(
          "the workspace is of type " + workspace.type() + ": it must be BOOL");
    }
    return workspace.view(0, x.shape(), Strides.channelsLast(x.shape()));
  }

  private static Block channels(Block block) {
    return block == null
        ? null
        : block.view(0, new long[] {1, block.size(0), 1, 1}, new long[] {0, block.stride(0), 0, 0});
  }
}
