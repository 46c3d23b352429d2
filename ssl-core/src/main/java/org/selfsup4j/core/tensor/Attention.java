package org.selfsup4j.core.tensor;

import org.selfsup4j.core.kernel.Epilogue;
import org.selfsup4j.core.kernel.Kernels;
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
    long n = qkv.size(0);
    long t = qkv.size(1);
    long d = qkv.size(2) / (3L * heads);
    double scale = 1 / Math.sqrt((double) d);
    Tensor y = op.result(type, Shape.of(n, t, heads * d));
    long[] square = {n, heads, t, t};
    Block weights = op.recording() ? op.saved(type, square) : op.scratch(type, square);
    Kernels kernels = op.kernels();
    Block packed = qkv.block();
    kernels.matmul(
        part(packed, 0, heads),
        part(packed, 1, heads).transposed(),
        Epilogue.scaled(scale),
        weights,
        false);
    kernels.softmax(false, weights, weights);
    kernels.matmul(
        weights, part(packed, 2, heads), Epilogue.NONE, headsOf(y.block(), heads), false);
    return op.record(
        y,
        g -> {
          Kernels k = g.kernels();
          Block target = g.target(0);
          Block dy = headsOf(g.upstream(), heads); // [N, heads, T, d]
          Block ds = g.scratch(type, square);
          Block q = part(qkv.block(), 0, heads);
          Block keys = part(qkv.block(), 1, heads);
          Block values = part(qkv.block(), 2, heads);
          k.matmul(weights.transposed(), dy, Epilogue.NONE, part(target, 2, heads), false);
          k.matmul(dy, values.transposed(), Epilogue.NONE, ds, false);
          k.softmaxBackward(false, weights, ds, ds);
          k.matmul(ds, keys, Epilogue.scaled(scale), part(target, 0, heads), false);
          k.matmul(ds.transposed(), q, Epilogue.scaled(scale), part(target, 1, heads), false);
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

  /** Queries (0), keys (1) or values (2) of [N, T, 3 D] as [N, heads, T, d]. */
  private static Block part(Block packed, int which, int heads) {
    long d = packed.size(2) / (3L * heads);
    long step = packed.stride(2);
    return packed.view(
        (long) which * heads * d * step,
        new long[] {packed.size(0), heads, packed.size(1), d},
        new long[] {packed.stride(0), d * step, packed.stride(1), step});
  }

  /** [N, T, D] as [N, heads, T, d]. */
  private static Block headsOf(Block block, int heads) {
    long d = block.size(2) / heads;
    long step = block.stride(2);
    return block.view(
        0,
        new long[] {block.size(0), heads, block.size(1), d},
        new long[] {block.stride(0), d * step, block.stride(1), step});
  }
}
