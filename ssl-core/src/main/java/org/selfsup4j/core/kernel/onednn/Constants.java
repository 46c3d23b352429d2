package org.selfsup4j.core.kernel.onednn;

import org.bytedeco.javacpp.FloatPointer;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Slab;

/**
 * Numbers in native memory that primitives take as operands: a run of ones, and single numbers that
 * may change from call to call without a new primitive.
 */
final class Constants {

  private static final int SCALARS = 16;

  private final Slab scalars = Slab.allocate(ElementType.FLOAT, SCALARS);
  private final FloatPointer memory = (FloatPointer) scalars.pointer(0);
  private Slab ones = Slab.allocate(ElementType.FLOAT, 0);

  /** One number; {@code index} tells the numbers of one call apart. */
  Block scalar(int index, double value) {
    if (index >= SCALARS) {
      throw new IndexOutOfBoundsException("scalar " + index + " of " + SCALARS);
    }
    memory.put(index, (float) value);
    return Block.contiguous(scalars, index, 1);
  }

  /** {@code count} ones. */
  Block ones(long count) {
    if (ones.elements() < count) {
      ones.close();
      ones = Slab.allocate(ElementType.FLOAT, Math.max(1024, 2 * count));
      FloatPointer place = (FloatPointer) ones.pointer(0);
      for (long i = 0; i < ones.elements(); i++) {
        place.put(i, 1f);
      }
    }
    return Block.contiguous(ones, 0, count);
  }
}
