package org.selfsup4j.core.kernel.nd4j;

import org.selfsup4j.core.kernel.Epilogue;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.memory.Block;

/**
 * Convolutions as products: the points that each result sees become a row of a matrix of patches
 * [groups, N H' W', height width C / groups]. Images go through in tiles, so the matrix stays
 * small.
 */
final class Convolutions {

  private final Ops ops;
  private final Scratch scratch;
  private final Products products;

  Convolutions(Ops ops, Scratch scratch, Products products) {
    this.ops = ops;
    this.scratch = scratch;
    this.products = products;
  }

  /** {@code y = epilogue(x * w)}. */
  void forward(Window window, int groups, Block x, Block w, Epilogue epilogue, Block y) {
    if (y.count() == 0) {
      return;
    }
    Patches patches = new Patches(ops, scratch, window, groups, x, y);
    Block weights = weights(groups, w); // [G, O/G, k]
    for (long from = 0; from < y.size(0); from += patches.images()) {
      int mark = scratch.mark();
      long to = Math.min(y.size(0), from + patches.images());
      Block rows = patches.gather(x.slice(0, from, to)); // [G, n H' W', k]
      Block tile = y.slice(0, from, to);
      Block result = Patches.view(groups, tile); // [G, n H' W', O/G]
      if (result != null) {
        products.product(rows, weights.transposed(), result, false);
      } else {
        Block whole = scratch.rows(y.type(), groups, rows.size(1), y.size(1) / groups);
        products.product(rows, weights.transposed(), whole, false);
        ops.copy(images(whole, tile), Patches.split(groups, tile));
      }
      scratch.release(mark);
    }
    Block bias = epilogue.bias();
    if (bias != null) {
      bias = bias.view(0, y.shape(), new long[] {0, bias.stride(0), 0, 0});
    }
    products.finish(epilogue, bias, y);
  }

  /** The gradient for x. */
  void input(Window window, int groups, Block w, Block dy, Block dx) {
    ops.fill(dx, 0);
    if (dy.count() == 0 || dx.count() == 0) {
      return;
    }
    Patches patches = new Patches(ops, scratch, window, groups, dx, dy);
    Block weights = weights(groups, w); // [G, O/G, k]
    for (long from = 0; from < dy.size(0); from += patches.images()) {
      int mark = scratch.mark();
      long to = Math.min(dy.size(0), from + patches.images());
      Block results = matrix(groups, dy.slice(0, from, to)); // [G, n H' W', O/G]
      Block direct = patches.direct(dx.slice(0, from, to));
      if (direct != null) {
        products.product(results, weights, direct, false);
      } else {
        products.product(results, weights, patches.empty(to - from), false);
        patches.scatterAdd(dx.slice(0, from, to));
      }
      scratch.release(mark);
    }
  }

  /** The gradient for w. */
  void weights(Window window, int groups, Block x, Block dy, Block dw) {
    if (dw.count() == 0) {
      return;
    }
    if (dy.count() == 0) {
      ops.fill(dw, 0);
      return;
    }
    Patches patches = new Patches(ops, scratch, window, groups, x, dy);
    long outputs = dw.size(0) / groups;
    long points = (long) window.height() * window.width();
    long channels = dw.size(1);
    Block sums = scratch.rows(dw.type(), groups, outputs, points * channels);
    for (long from = 0; from < dy.size(0); from += patches.images()) {
      int mark = scratch.mark();
      long to = Math.min(dy.size(0), from + patches.images());
      Block rows = patches.gather(x.slice(0, from, to)); // [G, n H' W', k]
      Block results = matrix(groups, dy.slice(0, from, to)); // [G, n H' W', O/G]
      products.product(results.transposed(), rows, sums, from > 0);
      scratch.release(mark);
    }
    Block kernels =
        sums.reshape(groups * outputs, window.height(), window.width(), channels)
            .permute(0, 3, 1, 2); // [O, C/G, height, width]
    ops.copy(kernels, dw);
  }

  /** w [O, C/G, height, width] as [G, O/G, height width C/G]. */
  private Block weights(int groups, Block w) {
    Block packed = products.packed(w, 0, 2, 3, 1);
    return packed.reshape(groups, w.size(0) / groups, w.size(1) * w.size(2) * w.size(3));
  }

  private Block matrix(int groups, Block x) {
    Block view = Patches.view(groups, x);
    if (view != null) {
      return view;
    }
    Block source = Patches.split(groups, x);
    Block copy = scratch.rows(x.type(), source.shape());
    ops.copy(source, copy);
    return copy.reshape(groups, x.size(0) * x.size(2) * x.size(3), x.size(1) / groups);
  }

  /** A matrix [G, N H W, C/G] as [G, N, H, W, C/G], the sizes taken from an image. */
  private static Block images(Block matrix, Block like) {
    return matrix.reshape(matrix.size(0), like.size(0), like.size(2), like.size(3), matrix.size(2));
  }
}
