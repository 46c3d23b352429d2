package org.selfsup4j.core.train;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.selfsup4j.core.kernel.Epilogue;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Slab;

/**
 * What this machine reaches at best with one set of kernels: the speed of a large product and that
 * of a large copy, the quickest of a few calls each.
 *
 * @param gflopPerSecond thousand million operations of a product, by the type of its numbers
 * @param gigabytesPerSecond read and written by a copy
 */
public record PeakRates(Map<ElementType, Double> gflopPerSecond, double gigabytesPerSecond) {

  /** Rows, columns and depth of the product. */
  static final long SIDE = 2048;

  /** Bytes that are copied: far more than a cache holds. */
  static final long COPIED = 128L << 20;

  private static final int CALLS = 5;

  /** Measures; takes a second or two on two cores, and gives its memory back. */
  static PeakRates measure(Kernels kernels, Set<ElementType> types) {
    Map<ElementType, Double> products = new EnumMap<>(ElementType.class);
    types.forEach(type -> products.put(type, product(kernels, type)));
    return new PeakRates(products, copy(kernels));
  }

  private static double product(Kernels kernels, ElementType type) {
    try (Slab slab = Slab.allocate(type, 3 * SIDE * SIDE)) {
      Block a = Block.contiguous(slab, 0, SIDE, SIDE);
      Block b = Block.contiguous(slab, SIDE * SIDE, SIDE, SIDE);
      Block c = Block.contiguous(slab, 2 * SIDE * SIDE, SIDE, SIDE);
      kernels.fill(a, 0.5);
      kernels.fill(b, 0.25);
      double seconds = quickest(() -> kernels.matmul(a, b, Epilogue.NONE, c, false));
      return 2.0 * SIDE * SIDE * SIDE / seconds / 1e9;
    }
  }

  private static double copy(Kernels kernels) {
    long elements = COPIED / ElementType.FLOAT.bytes();
    try (Slab slab = Slab.allocate(ElementType.FLOAT, 2 * elements)) {
      Block from = Block.contiguous(slab, 0, elements);
      Block to = Block.contiguous(slab, elements, elements);
      kernels.fill(from, 1);
      return 2.0 * COPIED / quickest(() -> kernels.copy(from, to)) / 1e9;
    }
  }

  /** Seconds of the quickest call after one that may prepare something. */
  private static double quickest(Runnable call) {
    call.run();
    long best = Long.MAX_VALUE;
    for (int i = 0; i < CALLS; i++) {
      long start = System.nanoTime();
      call.run();
      best = Math.min(best, System.nanoTime() - start);
    }
    return best / 1e9;
  }
}
