package org.selfsup4j.core.tensor;

import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** Scaled dot-product attention (Vaswani et al. 2017, equation 1). */
public final class Attention {

  private Attention() {}

  /**
   * {@code softmax(q k^T / sqrt(d)) v}.
   *
   * @param q [..., T, d]
   * @param k [..., S, d]
   * @param v [..., S, e]
   * @return [..., T, e]
   */
  public static Tensor attend(Tensor q, Tensor k, Tensor v) {
    Tensor scores =
        q.times(1 / Math.sqrt((double) q.size(-1))).matmul(k.transpose()); // [..., T, S]
    return Normalizations.softmax(scores, -1).matmul(v);
  }

  /**
   * How much each token attends to each other: the softmax alone, to be looked at.
   *
   * @param qkv [N, T, 3 D] as {@link #selfAttention} takes it
   * @return [N, heads, T, T]; the last axis sums to 1
   */
  public static Tensor weights(Tensor qkv, int heads) {
    requireHeads("weights", qkv, heads);
    long d = qkv.size(2) / (3L * heads);
    Tensor parts =
        qkv.reshape(qkv.size(0), qkv.size(1), 3, heads, d)
            .permute(2, 0, 3, 1, 4); // [3, N, heads, T, d]
    Tensor q = Views.drop(parts.slice(0, 0, 1), 0);
    Tensor k = Views.drop(parts.slice(0, 1, 2), 0);
    Tensor scores = q.times(1 / Math.sqrt((double) d)).matmul(k.transpose()); // [N, heads, T, T]
    return Normalizations.softmax(scores, -1);
  }

  /**
   * Self-attention on queries, keys and values as one linear layer gives them: no head is ever
   * copied, q, k and v are strided views, and the result lies as the next linear layer reads it.
   *
   * @param qkv [N, T, 3 D]: queries, keys, values, each split into heads of D / heads
   * @return [N, T, D]
   */
  public static Tensor selfAttention(Tensor qkv, int heads) {
    Operation op = Operation.of("selfAttention", qkv);
    ElementType type = op.activationType(1);
    requireHeads("selfAttention", qkv, heads);
    Tensor y = op.result(type, Shape.of(qkv.size(0), qkv.size(1), qkv.size(2) / 3));
    HeadedAttention attention = HeadedAttention.of(heads, op, type, y.block(), qkv.size(1));
    attention.forward(QueriesKeysValues.of(qkv.block()), y.block());
    return op.record(
        y,
        g ->
            attention.backward(
                g, QueriesKeysValues.of(qkv.block()), QueriesKeysValues.of(g.target(0))));
  }

  /**
   * Attention of some tokens to others.
   *
   * @param q [N, T, D]: queries, split into heads of D / heads
   * @param kv [N, S, 2 D]: keys, values of the tokens that are looked at
   * @return [N, T, D]
   */
  public static Tensor crossAttention(Tensor q, Tensor kv, int heads) {
    Operation op = Operation.of("crossAttention", q, kv);
    ElementType type = op.activationType(2);
    requirePair(q, kv, heads);
    Tensor y = op.result(type, q.shape());
    HeadedAttention attention = HeadedAttention.of(heads, op, type, y.block(), kv.size(1));
    attention.forward(QueriesKeysValues.of(q.block(), kv.block()), y.block());
    return op.record(
        y,
        g -> {
          Block dq = g.wanted(0) ? g.target(0) : g.scratch(type, q.shape().raw());
          Block dkv = g.wanted(1) ? g.target(1) : g.scratch(type, kv.shape().raw());
          attention.backward(
              g, QueriesKeysValues.of(q.block(), kv.block()), QueriesKeysValues.of(dq, dkv));
        });
  }

  private static void requireHeads(String name, Tensor qkv, int heads) {
    if (qkv.rank() != 3 || heads < 1 || qkv.size(2) % (3L * heads) != 0) {
      throw new ShapeException(
          name
              + ": the last axis of "
              + qkv.shape()
              + " must be 3 x heads x width of a head, with "
              + heads
              + " heads");
    }
  }

  private static void requirePair(Tensor q, Tensor kv, int heads) {
    boolean fits =
        q.rank() == 3
            && kv.rank() == 3
            && q.size(0) == kv.size(0)
            && kv.size(2) == 2 * q.size(2)
            && heads >= 1
            && q.size(2) % heads == 0;
    if (!fits) {
      throw new ShapeException(
          "crossAttention: queries "
              + q.shape()
              + " and keys with values "
              + kv.shape()
              + " must be [N, T, D] and [N, S, 2 D], D a multiple of "
              + heads
              + " heads");
    }
  }
}
