package org.selfsup4j.core.kernel.nd4j;

import java.util.Arrays;
import org.selfsup4j.core.memory.Block;

/** Layer norm: statistics [..., 1], gains [1, ..., D]. */
final class LayerNorm {

  private final Scratch scratch;
  private final Normalisations normalisations;

  LayerNorm(Scratch scratch, Normalisations normalisations) {
    this.scratch = scratch;
    this.normalisations = normalisations;
  }

  void forward(
      Block x, Block gamma, Block beta, double epsilon, Block y, Block mean, Block variance) {
    Block centre = mean == null ? temporary(x) : statistic(mean);
    Block spread = variance == null ? temporary(x) : statistic(variance);
    normalisations.statistics(x, centre, spread, y);
    normalisations.normalise(x, centre, spread, epsilon, gamma, beta, y);
  }

  void backward(
      Block x,
      Block gamma,
      double epsilon,
      Block mean,
      Block variance,
      Block dy,
      Block dx,
      Block dgamma,
      Block dbeta) {
    normalisations.backward(
        x,
        statistic(mean),
        statistic(variance),
        epsilon,
        gamma,
        true,
        dy,
        dx,
        gain(dgamma, x.rank()),
        gain(dbeta, x.rank()));
  }

  private Block temporary(Block x) {
    long[] shape = x.shape().clone();
    shape[shape.length - 1] = 1;
    return scratch.rows(x.type(), shape);
  }

  private static Block statistic(Block mean) {
    int rank = mean.rank();
    long[] shape = Arrays.copyOf(mean.shape(), rank + 1);
    long[] strides = Arrays.copyOf(mean.strides(), rank + 1);
    shape[rank] = 1;
    strides[rank] = 1;
    return mean.view(0, shape, strides);
  }

  private static Block gain(Block block, int rank) {
    if (block == null) {
      return null;
    }
    long[] shape = new long[rank];
    Arrays.fill(shape, 1);
    shape[rank - 1] = block.size(0);
    long[] strides = new long[rank];
    strides[rank - 1] = block.stride(0);
    return block.view(0, shape, strides);
  }
}
