package org.selfsup4j.pretext.moco;

import org.selfsup4j.core.tensor.Joins;
import org.selfsup4j.core.tensor.Losses;
import org.selfsup4j.core.tensor.Operation;
import org.selfsup4j.core.tensor.Reductions;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.ShapeException;
import org.selfsup4j.core.tensor.Tensor;

/**
 * The contrastive losses of both versions.
 *
 * @param loss one number
 * @param accuracy part of the queries that are nearest to their own key
 * @param logits [N, 1 + K] with a queue, its own key first; [N, N] without, its own on the diagonal
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
    if (queue.rank() != 2 || queue.size(1) != queries.size(1)) {
      throw new ShapeException(
          "InfoNCE needs a queue [K, d] as wide as its queries, got queue "
              + queue.shape()
              + " and queries "
              + queries.shape());
    }
    Tensor unit = Reductions.l2Normalize(queries); // [N, d]
    Tensor own = Reductions.sumKeeping(unit.times(keys), -1); // [N, 1]
    Tensor others = unit.matmul(queue.transpose()); // [N, K]
    Tensor logits = Joins.concatenate(1, own, others).dividedBy(temperature); // [N, 1 + K]
    return of(logits, new long[(int) queries.size(0)], 1);
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
    return of(logits, own, 2 * temperature);
  }

  private static InfoNce of(Tensor logits, long[] own, double scale) {
    Session session = Operation.of("infoNce", logits).session();
    Tensor ids = session.ids(own, own.length);
    Tensor loss = Losses.crossEntropy(logits, ids);
    return new InfoNce(scale == 1 ? loss : loss.times(scale), Losses.accuracy(logits, ids), logits);
  }

  private static void requirePairs(Tensor queries, Tensor keys, double temperature) {
    if (queries.rank() != 2 || !queries.shape().equals(keys.shape())) {
      throw new ShapeException(
          "InfoNCE needs a key [N, d] for each query, got queries "
              + queries.shape()
              + " and keys "
              + keys.shape());
    }
    requireTemperature(temperature);
  }

  static void requireTemperature(double temperature) {
    if (!(temperature > 0)) {
      throw new IllegalArgumentException(
          "temperature is " + temperature + ": it must be above 0, usually .07 to 1");
    }
  }
}
