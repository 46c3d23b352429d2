package org.selfsup4j.core.kernel.nd4j;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.Slab;

/**
 * ND4J's views of blocks. Making one costs as much as a small operation, and the steps of a
 * training run ask for the same ones again, so they are kept. They own no memory.
 */
final class Views {

  private static final int CAPACITY = 1 << 13;

  private final Map<Key, INDArray> views = new HashMap<>();

  /** The block as ND4J sees it, axis by axis. */
  INDArray of(Block block) {
    Slab slab = block.slab();
    long start = slab.shift() + block.offset();
    var buffer = slab.buffer(); // refuses memory that is closed
    if (views.size() >= CAPACITY) {
      views.clear();
    }
    return views.computeIfAbsent(
        new Key(slab, block.offset(), block.shape(), block.strides()),
        key -> Nd4j.create(buffer, key.shape, key.strides, start, 'c'));
  }

  private static final class Key {
    private final Slab slab;
    private final long offset;
    private final long[] shape;
    private final long[] strides;
    private final int hash;

    Key(Slab slab, long offset, long[] shape, long[] strides) {
      this.slab = slab;
      this.offset = offset;
      this.shape = shape.clone();
      this.strides = strides.clone();
      this.hash =
          31
                  * (31 * (31 * System.identityHashCode(slab) + Long.hashCode(offset))
                      + Arrays.hashCode(shape))
              + Arrays.hashCode(strides);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key
          && key.slab == slab
          && key.offset == offset
          && Arrays.equals(key.shape, shape)
          && Arrays.equals(key.strides, strides);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }
}
