package org.selfsup4j.core.kernel.nd4j;

import org.nd4j.linalg.api.ops.impl.transforms.floating.Sqrt;
import org.selfsup4j.core.memory.Block;

/** Steps of optimizers, in tiles that stay in the cache. */
final class Updates {

  /** Elements of a tile: 1 MB of floats. */
  private static final long TILE = 1L << 18;

  private final Ops ops;
  private final Scratch scratch;

  Updates(Ops ops, Scratch scratch) {
    this.ops = ops;
    this.scratch = scratch;
  }

  /** One tile of an update. */
  private interface Tile {
    void update(Block[] parts);
  }

  private void tiled(Tile tile, Block... blocks) {
    long count = blocks[0].count();
    for (long from = 0; from < count; from += TILE) {
      long to = Math.min(count, from + TILE);
      Block[] parts = new Block[blocks.length];
      for (int i = 0; i < blocks.length; i++) {
        Block block = blocks[i];
        parts[i] =
            block == null
                ? null
                : block.view(from, new long[] {to - from}, new long[] {1}); // blocks are dense
      }
      int mark = scratch.mark();
      tile.update(parts);
      scratch.release(mark);
    }
  }

  /** See {@link org.selfsup4j.core.kernel.Kernels#sgd}. */
  void sgd(
      Block parameter,
      Block gradient,
      Block velocity,
      double rate,
      double momentum,
      double decay,
      boolean nesterov,
      boolean first) {
    tiled(
        parts -> {
          Block p = parts[0];
          Block v = parts[2];
          Block d = scratch.like(p);
          ops.scale(p, decay, d);
          ops.add(d, parts[1], d);
          if (v != null) {
            if (first) {
              ops.copy(d, v);
            } else {
              ops.scale(v, momentum, v);
              ops.add(v, d, v);
            }
            if (nesterov) {
              Block ahead = scratch.like(p);
              ops.scale(v, momentum, ahead);
              ops.add(d, ahead, d);
            } else {
              ops.copy(v, d);
            }
          }
          ops.scale(d, rate, d);
          ops.subtract(p, d, p);
        },
        parameter,
        gradient,
        velocity);
  }

  /** See {@link org.selfsup4j.core.kernel.Kernels#adamW}. */
  void adamW(
      Block parameter,
      Block gradient,
      Block first,
      Block second,
      double rate,
      double beta1,
      double beta2,
      double epsilon,
      double decay,
      long step) {
    double correction1 = 1 - Math.pow(beta1, step);
    double correction2 = 1 - Math.pow(beta2, step);
    tiled(
        parts -> {
          Block p = parts[0];
          Block g = parts[1];
          Block m = parts[2];
          Block v = parts[3];
          Block t = scratch.like(p);
          ops.scale(g, 1 - beta1, t);
          ops.scale(m, beta1, m);
          ops.add(m, t, m);
          ops.multiply(g, g, t);
          ops.scale(t, 1 - beta2, t);
          ops.scale(v, beta2, v);
          ops.add(v, t, v);
          ops.apply(Sqrt::new, v, t);
          ops.scale(t, 1 / Math.sqrt(correction2), t);
          ops.shift(t, epsilon, t);
          ops.divide(m, t, t);
          ops.scale(t, rate / correction1, t);
          ops.scale(p, 1 - rate * decay, p);
          ops.subtract(p, t, p);
        },
        parameter,
        gradient,
        first,
        second);
  }
}
