package org.selfsup4j.core.kernel.onednn;

import java.util.Arrays;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.selfsup4j.core.memory.Block;

/** Rows of tables by id: copies and sums in the host's memory. */
final class Rows {

  private static final int TILE = 4096;

  private final Context context;
  private final Address source = new Address();
  private final Address target = new Address();
  private final HostFloats memory = new HostFloats();
  private final float[] sum = new float[TILE];
  private final float[] added = new float[TILE];
  private long[] ids = new long[256];

  Rows(Context context) {
    this.context = context;
  }

  /** Whether the elements of a row follow one another. */
  static boolean hasPlainRows(Block matrix) {
    return matrix.size(1) == 1 || matrix.stride(1) == 1;
  }

  void gather(Block table, Block rowIds, Block y) {
    int n = read(rowIds, table.size(0));
    int bytes = table.type().bytes();
    long width = table.size(1) * bytes;
    long from = Address.of(table);
    long to = Address.of(y);
    for (int i = 0; i < n; i++) {
      source.to(from + ids[i] * table.stride(0) * bytes);
      target.to(to + i * y.stride(0) * bytes);
      Pointer.memcpy(target, source, width);
    }
    context.counts().count("gatherRows", "host");
  }

  void scatterAdd(Block rows, Block rowIds, Block table) {
    int n = read(rowIds, table.size(0));
    int width = Math.toIntExact(table.size(1));
    for (int i = 0; i < n; i++) {
      for (int at = 0; at < width; at += TILE) {
        int count = Math.min(TILE, width - at);
        long place = ids[i] * table.stride(0) + at;
        memory.to(rows, i * rows.stride(0) + at).get(added, 0, count);
        memory.to(table, place).get(sum, 0, count);
        for (int k = 0; k < count; k++) {
          sum[k] += added[k];
        }
        memory.to(table, place).put(sum, 0, count);
      }
    }
    context.counts().count("scatterAddRows", "host");
  }

  /** Reads all ids before anything is written; returns how many there are. */
  private int read(Block block, long rows) {
    int n = Math.toIntExact(block.size(0));
    if (ids.length < n) {
      ids = new long[Math.max(n, 2 * ids.length)];
    }
    LongPointer memory = (LongPointer) block.slab().pointer(block.offset());
    if (block.stride(0) == 1) {
      memory.get(ids, 0, n);
    } else {
      long start = memory.position();
      for (int i = 0; i < n; i++) {
        ids[i] = memory.position(start + i * block.stride(0)).get();
      }
    }
    for (int i = 0; i < n; i++) {
      if (ids[i] < 0 || ids[i] >= rows) {
        throw new IndexOutOfBoundsException(
            "id "
                + ids[i]
                + " at position "
                + i
                + " of "
                + Arrays.toString(block.shape())
                + " ids is outside [0, "
                + rows
                + "): the table has no such row");
      }
    }
    return n;
  }
}
