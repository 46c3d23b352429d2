package org.selfsup4j.core.format;

import java.util.Arrays;
import java.util.Random;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.ShortPointer;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Slab;

/** Numbers in native memory for tests, written and read one by one. */
final class Memory {

  private Memory() {}

  /** A slab full of random numbers, of which every bit counts; BOOL holds 0 and 1. */
  static Slab random(ElementType type, long elements, long seed) {
    Slab slab = Slab.allocate(type, elements);
    Random random = new Random(seed);
    for (long i = 0; i < elements; i++) {
      switch (type) {
        case FLOAT -> ((FloatPointer) slab.pointer(i)).put(random.nextFloat() - 0.5f);
        case DOUBLE -> ((DoublePointer) slab.pointer(i)).put(random.nextDouble() - 0.5);
        case INT64 -> ((LongPointer) slab.pointer(i)).put(random.nextLong());
        case BFLOAT16 -> ((ShortPointer) slab.pointer(i)).put((short) random.nextInt());
        case BOOL -> ((BytePointer) slab.pointer(i)).put((byte) random.nextInt(2));
      }
    }
    return slab;
  }

  /** The bits of one element of a slab. */
  static long bits(Slab slab, long i) {
    return switch (slab.type()) {
      case FLOAT -> Float.floatToRawIntBits(((FloatPointer) slab.pointer(i)).get());
      case DOUBLE -> Double.doubleToRawLongBits(((DoublePointer) slab.pointer(i)).get());
      case INT64 -> ((LongPointer) slab.pointer(i)).get();
      case BFLOAT16 -> ((ShortPointer) slab.pointer(i)).get();
      case BOOL -> ((BytePointer) slab.pointer(i)).get();
    };
  }

  /** The bits of every element of a block, in row-major order of its axes. */
  static long[] bits(Block block) {
    long[] bits = new long[Math.toIntExact(block.count())];
    long[] index = new long[block.rank()];
    for (int i = 0; i < bits.length; i++) {
      long rest = i;
      long offset = block.offset();
      for (int axis = block.rank() - 1; axis >= 0; axis--) {
        index[axis] = rest % block.size(axis);
        rest /= block.size(axis);
        offset += index[axis] * block.stride(axis);
      }
      bits[i] = bits(block.slab(), offset);
    }
    return bits;
  }

  /** A block of {@code shape} whose memory has its axes in the order {@code axes}, with gaps. */
  static Block permuted(ElementType type, long[] shape, int[] axes, long seed) {
    long[] strides = new long[shape.length];
    long step = 1;
    for (int i = axes.length - 1; i >= 0; i--) {
      strides[axes[i]] = step;
      step *= shape[axes[i]];
      if (i == 1) {
        step += 3; // a gap between the slices of the outermost axis
      }
    }
    return new Block(random(type, step + 5, seed), 5, shape.clone(), strides);
  }

  /** Gives the memory of blocks back. */
  static void close(Block... blocks) {
    Arrays.stream(blocks).forEach(block -> block.slab().close());
  }
}
