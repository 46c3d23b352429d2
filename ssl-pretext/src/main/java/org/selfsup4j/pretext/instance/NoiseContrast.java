package org.selfsup4j.pretext.instance;

import java.util.Arrays;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.module.Buffer;
import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.tensor.Activations;
import org.selfsup4j.core.tensor.Joins;
import org.selfsup4j.core.tensor.Reductions;
import org.selfsup4j.core.tensor.ShapeException;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.tensor.Views;
import org.selfsup4j.pretext.parts.MemoryBank;
import org.selfsup4j.pretext.parts.Temperature;

/**
 * Noise-contrastive estimation of the softmax over a bank (Wu et al. 2018, section 3.2): an
 * embedding tells its image's row from rows that were drawn at random.
 *
 * <p>With {@code logit = log(P / c)} and {@code c = m / n + 1e-7}, the losses of equation 7 are
 * {@code log(1 + exp(-logit))} for the image's own row and {@code log(1 + exp(logit)) + log(c n /
 * m)} for one that was drawn: no probability is ever computed, so none under- or overflows.
 *
 * @param logNormalizer [] DOUBLE: log Z of equation 4; 0 until a batch has estimated it
 */
public record NoiseContrast(Buffer logNormalizer) implements Module {

  /** Beside m / n, as the authors' code has it. */
  private static final double EPSILON = 1e-7;

  /**
   * The loss of a batch.
   *
   * @param loss one number: the mean over the batch, the sum over the negatives
   * @param accuracy part of the embeddings that are nearer to their own row than to all negatives
   */
  public record Result(Tensor loss, double accuracy) {}

  /** Checks the shape. */
  public NoiseContrast {
    if (logNormalizer.shape().count() != 1
        || logNormalizer.variable().type() != ElementType.DOUBLE) {
      throw new IllegalArgumentException(
          "a noise contrast keeps one DOUBLE, got "
              + logNormalizer.variable().type()
              + " "
              + logNormalizer);
    }
  }

  /** Without an estimate of Z. */
  public static NoiseContrast unestimated() {
    return new NoiseContrast(Buffer.of(ElementType.DOUBLE, new double[] {0}));
  }

  /**
   * Each query against its own row and rows that were drawn; the first call estimates Z.
   *
   * @param queries [N, d], of any length
   * @param own [N] INT64: the row of each query's image
   * @param negatives [N, m] INT64: rows drawn from all of the bank, each equally likely
   * @param temperature above 0
   */
  public Result apply(
      Tensor queries,
      MemoryBank bank,
      Tensor own,
      Tensor negatives,
      double temperature,
      Pass pass) {
    Temperature.require("temperature", temperature);
    if (queries.rank() != 2
        || negatives.rank() != 2
        || own.rank() != 1
        || own.size(0) != queries.size(0)
        || negatives.size(0) != queries.size(0)
        || negatives.size(1) < 1
        || queries.size(1) != bank.dimension()) {
      throw new ShapeException(
          "a noise contrast needs queries [N, "
              + bank.dimension()
              + "], own rows [N] and negatives [N, m], m of 1 or more, got "
              + queries.shape()
              + ", "
              + own.shape()
              + " and "
              + negatives.shape());
    }
    long n = queries.size(0);
    Tensor unit = Reductions.l2Normalize(queries); // [N, d]
    Tensor ownRows = bank.gather(own, pass); // [N, d]
    Tensor drawn = bank.gather(negatives, pass); // [N, m, d]
    Tensor positive = Reductions.sumKeeping(unit.times(ownRows), -1); // [N, 1]
    Tensor negative = Views.drop(drawn.matmul(Views.expand(unit, -1)), -1); // [N, m]
    Tensor scores = Joins.concatenate(1, positive, negative).dividedBy(temperature); // [N, 1 + m]
    double logZ = estimated(scores, bank.size(), pass);
    double noise = (double) negatives.size(1) / bank.size(); // m Pn
    double c = noise + EPSILON;
    Tensor logits = scores.minus(logZ + Math.log(c)); // [N, 1 + m]
    Tensor found = Activations.softplus(logits.slice(1, 0, 1).negated()); // [N, 1]
    Tensor refused = Activations.softplus(logits.slice(1, 1, logits.size(1))); // [N, m]
    double constant = negatives.size(1) * Math.log(c / noise);
    Tensor loss = found.sum().plus(refused.sum()).dividedBy((double) n).plus(constant);
    return new Result(loss, accuracy(scores, own.toLongs(), negatives.toLongs()));
  }

  /** log Z; where there is none yet, of n times the mean of {@code exp(scores)} (equation 8). */
  private double estimated(Tensor scores, int bankSize, Pass pass) {
    double logZ = logNormalizer.toDoubles()[0];
    if (logZ == 0) {
      double most = Arrays.stream(scores.toDoubles()).max().orElseThrow(); // its exp may overflow
      Tensor shifted = pass.session().withoutGradient(() -> scores.minus(most).exp().mean());
      logZ = Math.log(bankSize) + most + Math.log(shifted.item());
      logNormalizer.set(new double[] {logZ});
    }
    return logZ;
  }

  /** An own row that was also drawn wins from any column: both scores are of one row. */
  private static double accuracy(Tensor scores, long[] own, long[] negatives) {
    long[] best = Reductions.argMax(scores, -1).toLongs();
    int drawn = negatives.length / own.length;
    int right = 0;
    for (int i = 0; i < own.length; i++) {
      int column = (int) best[i];
      right += column == 0 || negatives[i * drawn + column - 1] == own[i] ? 1 : 0;
    }
    return (double) right / own.length;
  }
}
