package org.selfsup4j.pretext.parts;

import org.selfsup4j.core.tensor.Joins;
import org.selfsup4j.core.tensor.Losses;
import org.selfsup4j.core.tensor.Operation;
import org.selfsup4j.core.tensor.Reductions;
import org.selfsup4j.core.tensor.ShapeException;
import org.selfsup4j.core.tensor.Tensor;

/**
 * The cross-entropy of finding a query's own key among others (van den Oord et al. 2018, equation
 * 4), which methods differ in taking from a queue, a batch, or a bank.
 *
 * @param loss one number
 * @param accuracy part of the queries that are nearest to their own key
 * @param logits [N, 1 + K] with a queue, its own key first; [N, N] within a batch, its own on the
 *     diagonal; [N, n] with a bank
 */
public record InfoNce(Tensor loss, double accuracy, Tensor logits) {

  /**
   * Each query against its own key and all of the queue (He et al. 2020, equation 1).
   *
   * @param queries [N, d], of any length
   * @param keys [N, d], of length 1
   * @param queue [K, d], of length 1
   * @param temperature above 0
   */
  public static InfoNce withQueue(Tensor queries, Tensor keys, Tensor queue, double temperature) {
    requirePairs(queries, keys, temperature);
    requireRows("queue [K, d]", queries, queue);
    Tensor unit = Reductions.l2Normalize(queries); // [N, d]
    Tensor own = Reductions.sumKeeping(unit.times(keys), -1); // [N, 1]
    Tensor others = unit.matmul(queue.transpose()); // [N, K]
    Tensor logits = Joins.concatenate(1, own, others).dividedBy(temperature); // [N, 1 + K]
    return of(logits, ids(logits, new long[(int) queries.size(0)]), 1);
  }

  /**
   * Each query against the keys of its batch (Chen et al. 2021, algorithm 1, {@code ctr}): the
   * cross-entropy times 2 T, which keeps its gradient's size whatever T.
   *
   * @param queries [N, d], of any length
   * @param keys [N, d], of length 1
   * @param temperature above 0
   */
  public static InfoNce withinBatch(Tensor queries, Tensor keys, double temperature) {
    requirePairs(queries, keys, temperature);
    Tensor unit = Reductions.l2Normalize(queries); // [N, d]
    Tensor logits = unit.matmul(keys.transpose()).dividedBy(temperature); // [N, N]
    long[] own = new long[(int) queries.size(0)];
    for (int i = 0; i < own.length; i++) {
      own[i] = i;
    }
    return of(logits, ids(logits, own), 2 * temperature);
  }

  /**
   * Each query against the rows of all images, its own among them: the non-parametric softmax (Wu
   * et al. 2018, equation 2).
   *
   * @param queries [N, d], of any length
   * @param bank [n, d], of length 1
   * @param own [N] INT64: the row in the bank of each query's image
   * @param temperature above 0
   */
  public static InfoNce withBank(Tensor queries, Tensor bank, Tensor own, double temperature) {
    requireRows("bank [n, d]", queries, bank);
    Temperature.require("temperature", temperature);
    Tensor unit = Reductions.l2Normalize(queries); // [N, d]
    Tensor logits = unit.matmul(bank.transpose()).dividedBy(temperature); // [N, n]
    return of(logits, own, 1);
  }

  private static InfoNce of(Tensor logits, Tensor own, double scale) {
    Tensor loss = Losses.crossEntropy(logits, own);
    return new InfoNce(scale == 1 ? loss : loss.times(scale), Losses.accuracy(logits, own), logits);
  }

  private static Tensor ids(Tensor logits, long... own) {
    return Operation.of("infoNce", logits).session().ids(own, own.length); // [N]
  }

  private static void requireRows(String what, Tensor queries, Tensor rows) {
    if (queries.rank() != 2 || rows.rank() != 2 || rows.size(1) != queries.size(1)) {
      throw new ShapeException(
          "InfoNCE needs a "
              + what
              + " as wide as its queries [N, d], got "
              + rows.shape()
              + " and queries "
              + queries.shape());
    }
  }

  private static void requirePairs(Tensor queries, Tensor keys, double temperature) {
    if (queries.rank() != 2 || !queries.shape().equals(keys.shape())) {
      throw new ShapeException(
          "InfoNCE needs a key [N, d] for each query, got queries "
              + queries.shape()
              + " and keys "
              + keys.shape());
    }
    Temperature.require("temperature", temperature);
  }
}
