package org.selfsup4j.core.kernel.nd4j;

import java.util.ArrayList;
import java.util.List;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Strides;

/** Temporaries of one kernel call. Their content is arbitrary at first. */
final class Scratch {

  private static final long CHUNK_BYTES = 1L << 20;

  private final Arena arena = new Arena(CHUNK_BYTES);
  private final List<Arena.Piece> pieces = new ArrayList<>();

  /** A block whose axes lie in the order of {@code like}'s memory, gapless. */
  Block like(Block like) {
    return like(like.type(), like);
  }

  /** See {@link #like(Block)}, of another type. */
  Block like(ElementType type, Block like) {
    return block(type, like.shape(), Strides.like(like.shape(), like.strides()));
  }

  /** A row-major block. */
  Block rows(ElementType type, long... shape) {
    return block(type, shape.clone(), Strides.rowMajor(shape));
  }

  private Block block(ElementType type, long[] shape, long[] strides) {
    long count = 1;
    for (long size : shape) {
      count *= size;
    }
    Arena.Piece piece = arena.allocate(type, count);
    pieces.add(piece);
    return new Block(piece.slab(), piece.offset(), shape, strides);
  }

  /** How many temporaries there are, for {@link #release}. */
  int mark() {
    return pieces.size();
  }

  /** Frees the temporaries made since {@code mark}: the end of one turn of a loop. */
  void release(int mark) {
    while (pieces.size() > mark) {
      arena.release(pieces.remove(pieces.size() - 1));
    }
  }

  /** Ends a call: all temporaries are free again. */
  void reset() {
    arena.reset();
    pieces.clear();
  }
}
