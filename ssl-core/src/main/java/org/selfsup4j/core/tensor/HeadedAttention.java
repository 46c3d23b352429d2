package org.selfsup4j.core.tensor;

import org.selfsup4j.core.kernel.Epilogue;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/**
 * Multi-head attention and its gradients, some images at a time: the weights [heads, T, S] of an
 * image are written once and read three times, which is quick only while they are in the cache.
 *
 * @param heads that share the width
 * @param weights [N, heads, T, S], kept for the backward pass; else [n, heads, T, S] for n images
 * @param step how many images go together
 */
record HeadedAttention(int heads, Kernels kernels, Block weights, long step) {

  /** Of the images that go together; measured with 65 and 197 tokens. */
  private static final long WEIGHTS_BYTES = 560_000;

  /**
   * Weights, queries, keys, values and results of them; measured with 17 tokens. It is more than a
   * core's cache of 1 MB: since all is fetched, fewer and larger calls are as quick or quicker.
   */
  private static final long ALL_BYTES = 1_900_000;

  /** For queries and results [N, T, D] in {@code y} and S keys. */
  static HeadedAttention of(int heads, Operation op, ElementType type, Block y, long keys) {
    long images = y.size(0);
    long image = heads * y.size(1) * keys * type.bytes();
    long rows = 2 * (y.size(1) + keys) * y.size(2) * type.bytes();
    long threads = op.kernels().threads();
    long cached =
        Math.min(
            WEIGHTS_BYTES * threads / Math.max(1, image),
            ALL_BYTES * threads / Math.max(1, image + rows));
    long step = Math.min(Math.max(1, cached), Math.max(1, images));
    Block weights =
        op.recording()
            ? op.saved(type, images, heads, y.size(1), keys)
            : op.scratch(type, step, heads, y.size(1), keys);
    return new HeadedAttention(heads, op.kernels(), weights, step);
  }

  /** {@code y = softmax(q k^T / sqrt(d)) v}, y [N, T, D]. */
  void forward(QueriesKeysValues operands, Block y) {
    Block q = operands.queries();
    for (long at = 0; at < q.size(0); at += step) {
      long end = Math.min(at + step, q.size(0));
      Block w = weights(at, end);
      operands.fetch(kernels, at, end);
      kernels.fetch(w);
      kernels.fetch(y.slice(0, at, end));
      Block keys = heads(operands.keys(), at, end);
      kernels.matmul(heads(q, at, end), keys.transposed(), Epilogue.scaled(scale(q)), w, false);
      kernels.softmax(false, w, w);
      Block values = heads(operands.values(), at, end);
      kernels.matmul(w, values, Epilogue.NONE, heads(y, at, end), false);
    }
  }

  /**
   * Writes the gradients of queries, keys and values.
   *
   * @param operands as {@link #forward} was given them
   * @param targets of the same shapes
   */
  void backward(Gradients g, QueriesKeysValues operands, QueriesKeysValues targets) {
    Block dy = g.upstream();
    Block q = operands.queries();
    Epilogue scaled = Epilogue.scaled(scale(q));
    Block room = g.scratch(weights.type(), step, heads, weights.size(2), weights.size(3));
    for (long at = 0; at < q.size(0); at += step) {
      long end = Math.min(at + step, q.size(0));
      Block w = weights(at, end);
      Block ds = room.slice(0, 0, end - at);
      operands.fetch(kernels, at, end);
      kernels.fetch(w);
      kernels.fetch(dy.slice(0, at, end));
      targets.fetch(kernels, at, end);
      Block dyHeads = heads(dy, at, end); // [n, heads, T, d]
      Block dv = heads(targets.values(), at, end);
      kernels.matmul(w.transposed(), dyHeads, Epilogue.NONE, dv, false);
      Block values = heads(operands.values(), at, end);
      kernels.matmul(dyHeads, values.transposed(), Epilogue.NONE, ds, false);
      kernels.softmaxBackward(false, w, ds, ds);
      Block keys = heads(operands.keys(), at, end);
      kernels.matmul(ds, keys, scaled, heads(targets.queries(), at, end), false);
      Block dk = heads(targets.keys(), at, end);
      kernels.matmul(ds.transposed(), heads(q, at, end), scaled, dk, false);
    }
  }

  private double scale(Block q) {
    long width = q.size(2) / heads;
    return 1 / Math.sqrt((double) width);
  }

  private Block weights(long at, long end) {
    return weights.size(0) == step && at >= step
        ? weights.slice(0, 0, end - at)
        : weights.slice(0, at, end);
  }

  /** Images {@code [at, end)} of [N, T, D] as [n, heads, T, d]. */
  private Block heads(Block block, long at, long end) {
    long d = block.size(2) / heads;
    long unit = block.stride(2);
    return block.view(
        at * block.stride(0),
        new long[] {end - at, heads, block.size(1), d},
        new long[] {block.stride(0), d * unit, block.stride(1), unit});
  }
}
