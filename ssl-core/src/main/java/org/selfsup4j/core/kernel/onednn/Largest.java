package org.selfsup4j.core.kernel.onednn;

import org.bytedeco.javacpp.LongPointer;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.Strides;

/** Where along an axis the largest value stands, found by Java on tiles of native memory. */
final class Largest {

  private static final int TILE = 4096;

  private final Context context;
  private final HostFloats memory = new HostFloats();
  private final float[] tile = new float[TILE];

  Largest(Context context) {
    this.context = context;
  }

  void find(int axis, Block x, Block y) {
    int last = x.rank() - 1;
    int along = axis < 0 ? axis + x.rank() : axis;
    int[] order = new int[x.rank()]; // the axis behind the others
    for (int i = 0; i < last; i++) {
      order[i] = i < along ? i : i + 1;
    }
    order[last] = along;
    Block lines = context.copies().rowMajor(x.permute(order));
    Block places = y.permute(order);
    LongPointer to = (LongPointer) y.slab().pointer(0);
    long start = to.position();
    long size = x.size(along);
    long[] steps = Strides.rowMajor(places.shape());
    for (long line = 0; line < places.count(); line++) {
      long place = start + places.offset();
      long rest = line;
      for (int i = 0; i < last; i++) {
        place += rest / steps[i] * places.stride(i);
        rest %= steps[i];
      }
      to.position(place).put(largest(lines, line * size, size));
    }
    context.counts().count("argMax", "host");
  }

  private long largest(Block lines, long from, long size) {
    long place = 0;
    float best = Float.NEGATIVE_INFINITY;
    for (long at = 0; at < size; at += TILE) {
      int n = (int) Math.min(TILE, size - at);
      memory.to(lines, from + at).get(tile, 0, n);
      for (int i = 0; i < n; i++) {
        if (tile[i] > best) {
          best = tile[i];
          place = at + i;
        }
      }
    }
    return place;
  }
}
