package org.selfsup4j.core.module;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.PartedNetwork;
import org.selfsup4j.core.tensor.Precision;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;

/**
 * What a layer may know of the pass through it.
 *
 * @param training whether batch norm measures
 * @param dropping whether dropout and stochastic depth drop
 * @param random the draws of this pass, in the order of the calls: addressed by seed and step
 * @param session memory and kernels of the step
 */
public record Pass(boolean training, boolean dropping, RandomStream random, Session session) {

  /** Training with all that belongs to it, or evaluation. */
  public Pass(boolean training, RandomStream random, Session session) {
    this(training, training, random, session);
  }

  /** What activations of {@code type} are kept in: BFLOAT16 for FLOAT in mixed precision. */
  public ElementType activationType(ElementType type) {
    return session.precision() == Precision.BFLOAT16 && type == ElementType.FLOAT
        ? ElementType.BFLOAT16
        : type;
  }

  /**
   * {@code x} as activations are kept: an encoder calls it where its inside begins. Between it and
   * {@link #widen} only layers that take BFLOAT16 may stand: convolution, linear, self-attention,
   * batch and layer norm, relu, GELU, pooling, sums.
   */
  public Tensor narrow(Tensor x) {
    return x.to(activationType(x.type()));
  }

  /** {@code x} as every operation takes it: an encoder calls it on what it gives out. */
  public Tensor widen(Tensor x) {
    return x.type() == ElementType.BFLOAT16 ? x.to(ElementType.FLOAT) : x;
  }

  /**
   * Runs a network on parts of the batch at the same time, where that pays: see {@link
   * Session#inParts}. What the parts draw is what the whole batch would have drawn, if each call
   * draws one number for each row.
   *
   * @param inputs [N, ...] each, split along their first axis
   * @param network given a part of the inputs and the pass to compute it in, gives [n, ...]
   * @return [N, ...]
   */
  public Tensor inParts(List<Tensor> inputs, BiFunction<List<Tensor>, Pass, Tensor> network) {
    AtomicLong drawn = new AtomicLong();
    Tensor result = session.inParts(inputs, part(network, drawn));
    random.skip(drawn.get());
    return result;
  }

  /**
   * The mean of what a network gives for each row, computed as by {@link #inParts}: see {@link
   * Session#meanInParts}. For a loss that is a mean over images, each of which has its own.
   *
   * @param inputs [N, ...] each, split along their first axis
   * @param network given a part of the inputs and the pass to compute it in, gives [n]
   * @return one number
   */
  public Tensor meanInParts(List<Tensor> inputs, BiFunction<List<Tensor>, Pass, Tensor> network) {
    AtomicLong drawn = new AtomicLong();
    Tensor result = session.meanInParts(inputs, part(network, drawn));
    random.skip(drawn.get());
    return result;
  }

  private PartedNetwork.Part part(
      BiFunction<List<Tensor>, Pass, Tensor> network, AtomicLong drawn) {
    return (own, part, rows) -> {
      if (own == session) {
        return network.apply(part, this);
      }
      RandomStream draws = random.rows(rows.from(), rows.to(), rows.all());
      Tensor y = network.apply(part, new Pass(training, dropping, draws, own));
      drawn.accumulateAndGet(draws.drawn(), Math::max);
      return y;
    };
  }

  /** The same step seen as evaluation: for a teacher inside a training step. */
  public Pass evaluating() {
    return new Pass(false, random, session);
  }

  /**
   * The same step without dropping anything: for a teacher whose batch norms measure the batch, as
   * the student's do.
   */
  public Pass withoutDropping() {
    return new Pass(training, false, random, session);
  }
}
