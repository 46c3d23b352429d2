package org.selfsup4j.core.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.bytedeco.javacpp.indexer.ByteIndexer;
import org.selfsup4j.core.memory.Block;

/**
 * Walks a strided block in row-major order of its logical axes and copies it, piece by piece, to or
 * from little-endian bytes on the heap. A piece is as long as the caller's array, so no block is
 * ever copied whole.
 */
final class BlockBytes {

  /** Elements of a piece: at most 512 KB, enough to make the calls per piece cheap. */
  static final int PIECE = 1 << 16;

  private static final int SHORTEST_RUN = 16; // below this, single numbers beat a native copy
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final NativeBytes memory;
  private final int width;
  private final long[] shape;
  private final long[] strides;
  private final long[] position;
  private final long count;
  private long offset; // of the current element, in elements of the slab
  private long done;

  /** At the first element of {@code block}. */
  BlockBytes(Block block) {
    this.memory = new NativeBytes(block.slab());
    this.width = block.type().bytes();
    long[][] axes = joined(block.shape(), block.strides());
    this.shape = axes[0];
    this.strides = axes[1];
    this.position = new long[shape.length];
    this.count = block.count();
    this.offset = block.offset();
  }

  /** A walk for writing: refuses a block in which two elements are one place. */
  static BlockBytes forWriting(Block block) {
    for (int axis = 0; axis < block.rank(); axis++) {
      if (block.stride(axis) == 0 && block.size(axis) > 1) {
        throw new IllegalArgumentException(
            "cannot read a file into " + block + ": a repeated axis is not memory of its own");
      }
    }
    return new BlockBytes(block);
  }

  /** Elements of the next piece, 0 at the end. */
  int nextCount() {
    return (int) Math.min(PIECE, count - done);
  }

  /** Copies the next {@code elements} to the start of {@code to}. */
  void read(byte[] to, int elements) {
    copy(to, elements, false);
  }

  /** Copies the next {@code elements} from the start of {@code from}. */
  void write(byte[] from, int elements) {
    copy(from, elements, true);
  }

  private void copy(byte[] heap, int elements, boolean toMemory) {
    int last = shape.length - 1;
    int copied = 0;
    while (copied < elements) {
      int run = (int) Math.min(elements - copied, shape[last] - position[last]);
      copyRun(heap, copied, run, strides[last], toMemory);
      copied += run;
      advance(run);
    }
    done += elements;
  }

  private void copyRun(byte[] heap, int at, int run, long step, boolean toMemory) {
    if (step == 1 && run >= SHORTEST_RUN) {
      if (toMemory) {
        memory.write(offset * width, heap, at * width, run * width);
      } else {
        memory.read(offset * width, heap, at * width, run * width);
      }
      return;
    }
    ByteIndexer numbers = memory.numbers();
    for (int i = 0; i < run; i++) {
      long from = (offset + i * step) * width;
      int to = (at + i) * width;
      switch (width) {
        case 1 -> {
          if (toMemory) {
            numbers.put(from, heap[to]);
          } else {
            heap[to] = numbers.get(from);
          }
        }
        case 2 -> {
          if (toMemory) {
            numbers.putShort(from, (short) SHORT.get(heap, to));
          } else {
            SHORT.set(heap, to, numbers.getShort(from));
          }
        }
        case 4 -> {
          if (toMemory) {
            numbers.putInt(from, (int) INT.get(heap, to));
          } else {
            INT.set(heap, to, numbers.getInt(from));
          }
        }
        case 8 -> {
          if (toMemory) {
            numbers.putLong(from, (long) LONG.get(heap, to));
          } else {
            LONG.set(heap, to, numbers.getLong(from));
          }
        }
        default -> throw new IllegalStateException("elements of " + width + " bytes");
      }
    }
  }

  /** Steps {@code run} elements along the last axis, which end at most at its end. */
  private void advance(int run) {
    int axis = shape.length - 1;
    position[axis] += run;
    offset += run * strides[axis];
    while (position[axis] == shape[axis] && axis > 0) {
      offset += strides[axis - 1] - shape[axis] * strides[axis];
      position[axis] = 0;
      axis--;
      position[axis]++;
    }
  }

  /** The same walk with as few axes as possible; at least one. */
  private static long[][] joined(long[] shape, long[] strides) {
    long[] sizes = new long[Math.max(1, shape.length)];
    long[] steps = new long[Math.max(1, shape.length)];
    int n = 0;
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] == 1) {
        continue;
      }
      if (n > 0 && steps[n - 1] == strides[i] * shape[i]) {
        sizes[n - 1] *= shape[i];
        steps[n - 1] = strides[i];
      } else {
        sizes[n] = shape[i];
        steps[n++] = strides[i];
      }
    }
    if (n == 0) {
      sizes[0] = 1;
      steps[0] = 1;
      n = 1;
    }
    return new long[][] {Arrays.copyOf(sizes, n), Arrays.copyOf(steps, n)};
  }
}
