package org.selfsup4j.core.kernel.nd4j;

import org.selfsup4j.core.kernel.Reduction;
import org.selfsup4j.core.memory.Block;

/**
 * Layer norm and batch norm, which differ in the axes alone: statistics have size 1 where the mean
 * is taken, gains have size 1 where they are shared. The variance is taken about the mean, in a
 * second pass.
 */
final class Normalisations {

  private final Ops ops;
  private final Scratch scratch;
  private final Reductions reductions;
  private final Elementwise elementwise;

  Normalisations(Ops ops, Scratch scratch, Reductions reductions, Elementwise elementwise) {
    this.ops = ops;
    this.scratch = scratch;
    this.reductions = reductions;
    this.elementwise = elementwise;
  }

  /** Mean and biased variance of x over the axes that have size 1 in them; y is overwritten. */
  void statistics(Block x, Block mean, Block variance, Block y) {
    reductions.reduce(Reduction.MEAN, x, mean);
    ops.subtract(x, mean.broadcast(x.shape()), y);
    ops.multiply(y, y, y);
    reductions.reduce(Reduction.MEAN, y, variance);
  }

  /** {@code y = (x - mean) / sqrt(variance + epsilon) * gamma + beta}; gamma, beta may be null. */
  void normalise(
      Block x, Block mean, Block variance, double epsilon, Block gamma, Block beta, Block y) {
    ops.subtract(x, mean.broadcast(x.shape()), y);
    ops.multiply(y, inverseDeviation(variance, epsilon).broadcast(x.shape()), y);
    if (gamma != null) {
      ops.multiply(y, gamma.broadcast(x.shape()), y);
      ops.add(y, beta.broadcast(x.shape()), y);
    }
  }

  /**
   * The gradients: {@code dgamma = sum(dy xhat)}, {@code dbeta = sum(dy)} and, with {@code g = dy
   * gamma}, {@code dx = (g - mean(g) - xhat mean(g xhat)) / sqrt(variance + epsilon)}; without
   * {@code through} the statistics are constants. Results may be null.
   */
  void backward(
      Block x,
      Block mean,
      Block variance,
      double epsilon,
      Block gamma,
      boolean through,
      Block dy,
      Block dx,
      Block dgamma,
      Block dbeta) {
    Block inverse = inverseDeviation(variance, epsilon).broadcast(x.shape());
    Block normal = scratch.like(x);
    ops.subtract(x, mean.broadcast(x.shape()), normal);
    ops.multiply(normal, inverse, normal);
    Block product = scratch.like(x);
    if (dbeta != null) {
      reductions.reduce(Reduction.SUM, dy, dbeta);
    }
    if (dgamma != null) {
      ops.multiply(dy, normal, product);
      reductions.reduce(Reduction.SUM, product, dgamma);
    }
    if (dx == null) {
      return;
    }
    if (gamma == null) {
      ops.copy(dy, dx);
    } else {
      ops.multiply(dy, gamma.broadcast(x.shape()), dx);
    }
    if (through) {
      Block slope = scratch.like(mean);
      ops.multiply(dx, normal, product);
      reductions.reduce(Reduction.MEAN, product, slope);
      ops.multiply(normal, slope.broadcast(x.shape()), normal);
      reductions.reduce(Reduction.MEAN, dx, slope);
      ops.subtract(dx, slope.broadcast(x.shape()), dx);
      ops.subtract(dx, normal, dx);
    }
    ops.multiply(dx, inverse, dx);
  }

  private Block inverseDeviation(Block variance, double epsilon) {
    Block inverse = scratch.like(variance);
    ops.shift(variance, epsilon, inverse);
    elementwise.power(-0.5, inverse, inverse);
    return inverse;
  }
}
