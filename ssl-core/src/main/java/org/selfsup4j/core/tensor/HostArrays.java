package org.selfsup4j.core.tensor;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.BrainFloats;

/** Moves numbers between heap arrays and contiguous blocks. */
final class HostArrays {

  private HostArrays() {}

  static void write(double[] values, Block to) {
    requireContiguous(to, values.length);
    Pointer pointer = to.slab().pointer(to.offset());
    switch (to.type()) {
      case FLOAT -> {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
          floats[i] = (float) values[i];
        }
        ((FloatPointer) pointer).put(floats);
      }
      case BFLOAT16 -> {
        short[] halves = new short[values.length];
        for (int i = 0; i < values.length; i++) {
          halves[i] = BrainFloats.of((float) values[i]);
        }
        ((ShortPointer) pointer).put(halves);
      }
      case DOUBLE -> ((DoublePointer) pointer).put(values);
      case INT64 -> {
        long[] longs = new long[values.length];
        for (int i = 0; i < values.length; i++) {
          longs[i] = (long) values[i];
        }
        ((LongPointer) pointer).put(longs);
      }
      case BOOL -> {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
          bytes[i] = (byte) (values[i] != 0 ? 1 : 0);
        }
        ((BytePointer) pointer).put(bytes);
      }
    }
  }

  static void write(float[] values, Block to) {
    requireContiguous(to, values.length);
    ((FloatPointer) to.slab().pointer(to.offset())).put(values);
  }

  static void write(long[] values, Block to) {
    requireContiguous(to, values.length);
    ((LongPointer) to.slab().pointer(to.offset())).put(values);
  }

  static void write(boolean[] values, Block to) {
    requireContiguous(to, values.length);
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) (values[i] ? 1 : 0);
    }
    ((BytePointer) to.slab().pointer(to.offset())).put(bytes);
  }

  static double[] doubles(Block from) {
    int n = requireContiguous(from, from.count());
    double[] values = new double[n];
    Pointer pointer = from.slab().pointer(from.offset());
    switch (from.type()) {
      case FLOAT -> {
        float[] floats = floats(from);
        for (int i = 0; i < n; i++) {
          values[i] = floats[i];
        }
      }
      case BFLOAT16 -> {
        short[] halves = new short[n];
        ((ShortPointer) pointer).get(halves);
        for (int i = 0; i < n; i++) {
          values[i] = BrainFloats.toFloat(halves[i]);
        }
      }
      case DOUBLE -> ((DoublePointer) pointer).get(values);
      case INT64 -> {
        long[] longs = new long[n];
        ((LongPointer) pointer).get(longs);
        for (int i = 0; i < n; i++) {
          values[i] = longs[i];
        }
      }
      case BOOL -> {
        byte[] bytes = new byte[n];
        ((BytePointer) pointer).get(bytes);
        for (int i = 0; i < n; i++) {
          values[i] = bytes[i];
        }
      }
    }
    return values;
  }

  static float[] floats(Block from) {
    float[] values = new float[requireContiguous(from, from.count())];
    ((FloatPointer) from.slab().pointer(from.offset())).get(values);
    return values;
  }

  static long[] longs(Block from) {
    long[] values = new long[requireContiguous(from, from.count())];
    ((LongPointer) from.slab().pointer(from.offset())).get(values);
    return values;
  }

  private static int requireContiguous(Block block, long count) {
    if (block.count() != count) {
      throw new ShapeException(count + " values do not fill " + block);
    }
    if (!block.isContiguous()) {
      throw new IllegalStateException(block + " is not contiguous: copy it before");
    }
    if (count > Integer.MAX_VALUE - 8) {
      throw new ShapeException(block + " has more elements than a Java array can hold");
    }
    return (int) count;
  }
}
