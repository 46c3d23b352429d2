package org.selfsup4j.core.tensor;

import org.selfsup4j.core.kernel.Binary;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.random.RandomStream;

/** Noise that keeps a network from relying on single parts. */
public final class Regularization {

  private Regularization() {}

  /**
   * Dropout (Srivastava et al. 2014): each number is 0 with {@code probability}, else divided by
   * {@code 1 - probability}.
   */
  public static Tensor dropout(Tensor x, double probability, RandomStream random) {
    return drop("dropout", x, probability, random, x.shape().toArray());
  }

  /**
   * Stochastic depth (Huang et al. 2016): the whole branch {@code x} [N, ...] of a sample is 0 with
   * {@code probability}, else divided by {@code 1 - probability}.
   */
  public static Tensor stochasticDepth(Tensor x, double probability, RandomStream random) {
    long[] shape = new long[x.rank()];
    java.util.Arrays.fill(shape, 1);
    shape[0] = x.size(0);
    return drop("stochasticDepth", x, probability, random, shape);
  }

  private static Tensor drop(
      String name, Tensor x, double probability, RandomStream random, long... shape) {
    if (!(probability >= 0 && probability < 1)) {
      throw new IllegalArgumentException(
          name + ": probability is " + probability + ": it must be at least 0 and below 1");
    }
    if (probability == 0) {
      return x;
    }
    Operation op = Operation.of(name, x);
    ElementType type = op.sameRealType();
    Tensor y = op.resultLike(x, type, x.shape());
    double[] factors = new double[(int) Shape.of(shape).count()];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = random.chance(probability) ? 0 : 1 / (1 - probability);
    }
    Block saved = op.recording() ? op.saved(type, shape) : op.scratch(type, shape);
    HostArrays.write(factors, saved);
    Block mask = saved.broadcast(x.shape().raw());
    op.kernels().binary(Binary.MULTIPLY, x.block(), mask, y.block());
    return op.record(y, g -> g.kernels().binary(Binary.MULTIPLY, g.upstream(), mask, g.target(0)));
  }
}
