package org.selfsup4j.core.tensor;

import java.util.Arrays;
import org.selfsup4j.core.kernel.Binary;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.kernel.Reduction;
import org.selfsup4j.core.kernel.Unary;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/**
 * Losses that many methods share: one number, the mean over the batch, where nothing else is said.
 */
public final class Losses {

  private Losses() {}

  /** What is done with the numbers of a batch. */
  public enum Batch {
    /** Their mean. */
    MEAN,
    /** Their sum. */
    SUM
  }

  /**
   * Mean cross-entropy of class ids; rows whose id is -1 (no label) do not count.
   *
   * @param logits [N, C]
   * @param ids [N] INT64 in [-1, C)
   */
  public static Tensor crossEntropy(Tensor logits, Tensor ids) {
    return crossEntropy(logits, ids, 0, Batch.MEAN);
  }

  /**
   * Cross-entropy of class ids with label smoothing (Szegedy et al. 2016, section 7).
   *
   * @param logits [N, C]
   * @param ids [N] INT64 in [-1, C); rows with -1 do not count
   * @param smoothing share of the target that is spread over all classes, in [0, 1)
   */
  public static Tensor crossEntropy(Tensor logits, Tensor ids, double smoothing, Batch batch) {
    if (logits.rank() != 2 || ids.rank() != 1 || ids.size(0) != logits.size(0)) {
      throw new ShapeException(
          "crossEntropy: logits [N, C] "
              + logits.shape()
              + " and ids [N] "
              + ids.shape()
              + " do not fit");
    }
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new IllegalArgumentException(
          "crossEntropy: smoothing is " + smoothing + ": it must be at least 0 and below 1");
    }
    Session session = Operation.of("crossEntropy", logits, ids).session();
    long classes = logits.size(1);
    long[] wanted = ids.toLongs();
    double[] counted = new double[wanted.length];
    long rows = 0;
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i] < -1 || wanted[i] >= classes) {
        throw new IndexOutOfBoundsException(
            "crossEntropy: class id "
                + wanted[i]
                + " of row "
                + i
                + " is outside [0, "
                + classes
                + "); -1 means no label");
      }
      counted[i] = wanted[i] < 0 ? 0 : 1;
      rows += wanted[i] < 0 ? 0 : 1;
      wanted[i] = Math.max(0, wanted[i]);
    }
    if (rows == 0) {
      throw new IllegalArgumentException("crossEntropy: no row of the batch has a label");
    }
    Tensor logs = Normalizations.logSoftmax(logits, -1); // [N, C]
    Tensor loss = Rows.pick(logs, session.ids(wanted, wanted.length, 1)).times(-(1 - smoothing));
    if (smoothing > 0) {
      loss = loss.plus(Reductions.sumKeeping(logs, -1).times(-smoothing / classes));
    }
    if (rows < wanted.length) {
      loss = loss.times(session.tensor(logits.type(), counted, wanted.length, 1)); // [N, 1]
    }
    return batch == Batch.SUM ? loss.sum() : loss.sum().dividedBy((double) rows);
  }

  /** The part of the rows whose largest logit is at the id; rows with -1 do not count. */
  public static double accuracy(Tensor logits, Tensor ids) {
    long[] best = Reductions.argMax(logits, -1).toLongs();
    long[] wanted = ids.toLongs();
    int right = 0;
    int rows = 0;
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i] >= 0) {
        rows++;
        right += best[i] == wanted[i] ? 1 : 0;
      }
    }
    return rows == 0 ? Double.NaN : (double) right / rows;
  }

  /** Mean over the rows of {@code -sum(target log_softmax(logits))}; both [N, C]. */
  public static Tensor softCrossEntropy(Tensor logits, Tensor targets) {
    requireEqual("softCrossEntropy", logits, targets);
    Tensor products = Normalizations.logSoftmax(logits, -1).times(targets);
    return products.sum().dividedBy(-(double) logits.size(0));
  }

  /** Mean over the rows of {@code KL(target || softmax(logits))}; both [N, C]. */
  public static Tensor klDivergence(Tensor logits, Tensor targets) {
    requireEqual("klDivergence", logits, targets);
    double least = targets.type() == ElementType.DOUBLE ? Double.MIN_NORMAL : Float.MIN_NORMAL;
    Tensor logs = Arithmetic.clip(targets, least, 1).log(); // 0 log 0 = 0
    Tensor entropy = targets.times(logs).sum();
    return softCrossEntropy(logits, targets).plus(entropy.dividedBy((double) logits.size(0)));
  }

  /** Mean squared error. */
  public static Tensor meanSquaredError(Tensor x, Tensor target) {
    requireEqual("meanSquaredError", x, target);
    return x.minus(target).squared().mean();
  }

  /**
   * The mean squared error of each sample: of several parts of a batch that are compared one by
   * one, the mean of these is {@link #meanSquaredError}.
   *
   * @param x [N, ...]
   * @param target of the same shape and type
   * @return [N]
   */
  public static Tensor squaredErrors(Tensor x, Tensor target) {
    requireEqual("squaredErrors", x, target);
    Operation op = Operation.of("squaredErrors", x, target);
    ElementType type = op.sameRealType();
    long n = x.size(0);
    long each = x.shape().count() / n;
    long[] rows = {n, each};
    long[] column = {n, 1};
    Block distance = op.recording() ? op.saved(type, rows) : op.scratch(type, rows);
    Kernels k = op.kernels();
    k.binary(Binary.SUBTRACT, x.block(), target.block(), distance.reshape(x.shape().raw()));
    Block squares = op.scratch(type, rows);
    k.unary(Unary.POWER, 2, 0, distance, squares);
    Tensor y = op.result(type, Shape.of(n));
    k.reduce(Reduction.MEAN, squares, y.block().reshape(column));
    return op.record(
        y,
        g -> {
          Block factor = g.scratch(type, column);
          g.kernels().unary(Unary.LINEAR, 2.0 / each, 0, g.upstream().reshape(column), factor);
          Block dx = g.wanted(0) ? g.target(0) : g.scratch(type, x.shape().raw());
          long[] shape = x.shape().raw();
          Block far = distance.reshape(shape);
          long[] single = new long[shape.length];
          Arrays.fill(single, 1);
          single[0] = n;
          g.kernels().binary(Binary.MULTIPLY, far, factor.reshape(single).broadcast(shape), dx);
          if (g.wanted(1)) {
            g.kernels().unary(Unary.LINEAR, -1, 0, dx, g.target(1));
          }
        });
  }

  /** Mean of {@code d^2 / (2 beta)} where {@code |d| < beta}, else {@code |d| - beta / 2}. */
  public static Tensor smoothL1(Tensor x, Tensor target, double beta) {
    requireEqual("smoothL1", x, target);
    Tensor distance = x.minus(target).abs();
    Tensor near = Arithmetic.clip(distance, 0, beta); // beyond beta constant, the rest is linear
    return near.squared().times(0.5 / beta).plus(distance.minus(near)).mean();
  }

  /** Mean binary cross-entropy of logits with targets in [0, 1]. */
  public static Tensor binaryCrossEntropy(Tensor logits, Tensor targets) {
    requireEqual("binaryCrossEntropy", logits, targets);
    return Activations.softplus(logits).minus(logits.times(targets)).mean();
  }

  private static void requireEqual(String name, Tensor x, Tensor target) {
    if (!x.shape().equals(target.shape())) {
      throw new ShapeException(
          name + ": " + x.shape() + " and target " + target.shape() + " must be equal");
    }
  }
}
