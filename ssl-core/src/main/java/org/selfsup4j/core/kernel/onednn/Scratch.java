package org.selfsup4j.core.kernel.onednn;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/**
 * Memory that serves one call: repacked weights, copies in a better layout, oneDNN's scratchpads.
 * Of each type it grows to what the largest call needs, in one piece, and stays there.
 */
final class Scratch {

  private static final long LEAST_BYTES = 1L << 20;

  private final Map<ElementType, Pool> pools = new EnumMap<>(ElementType.class);
  private final List<Taken> taken = new ArrayList<>();

  private record Taken(Pool pool, Arena.Piece piece) {}

  /** A row-major block of floats with arbitrary content, until the next {@link #reset}. */
  Block take(long... shape) {
    return take(ElementType.FLOAT, shape);
  }

  /** As {@link #take(long...)}, of another type. */
  Block take(ElementType type, long... shape) {
    long count = 1;
    for (long size : shape) {
      count *= size;
    }
    Pool pool = pools.computeIfAbsent(type, t -> new Pool());
    Arena.Piece piece = pool.arena.allocate(type, count);
    taken.add(new Taken(pool, piece));
    return Block.contiguous(piece.slab(), piece.offset(), shape);
  }

  /** Floats enough for {@code bytes}. */
  Block takeBytes(long bytes) {
    return take((bytes + Float.BYTES - 1) / Float.BYTES);
  }

  /** Bytes held of the system. */
  long reservedBytes() {
    return pools.values().stream().mapToLong(pool -> pool.arena.reservedBytes()).sum();
  }

  /** Takes everything back. */
  void reset() {
    if (!taken.isEmpty()) {
      taken.clear();
      pools.values().forEach(Pool::reset);
    }
  }

  /** How many blocks are taken at present, for {@link #release}. */
  int mark() {
    return taken.size();
  }

  /** Takes back, before the call ends, what was taken since {@code mark}. */
  void release(int mark) {
    while (taken.size() > mark) {
      Taken last = taken.remove(taken.size() - 1);
      last.pool.arena.release(last.piece);
    }
  }

  /**
   * The memory of one type: an arena would give each type of a call a piece of the largest size.
   */
  private static final class Pool {
    private Arena arena = new Arena(LEAST_BYTES);
    private long peakBytes;

    void reset() {
      if (arena.usedBytes() == 0) {
        return;
      }
      peakBytes = Math.max(peakBytes, arena.peakBytes());
      if (arena.reservedBytes() > Math.max(LEAST_BYTES, peakBytes + peakBytes / 4)) {
        // Pieces of several calls have grown side by side: one of the largest call's size serves
        // all.
        arena.close();
        arena = new Arena(Math.max(LEAST_BYTES, peakBytes + peakBytes / 8));
      } else {
        arena.reset();
      }
    }
  }
}
