package org.selfsup4j.core.memory;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * The memory of one training step: pieces are taken from it in order, may be given back one by one,
 * and all go back at once when the step closes. The next step that asks for the same sizes in the
 * same order gets the same addresses.
 *
 * <p>The arena grows by whole chunks, never by copying, and keeps what it has: after the first
 * steps no memory is asked of the system any more. Freed neighbours are joined, so the memory that
 * a forward pass leaves serves the gradients of the backward pass. One thread at a time.
 */
public final class Arena implements AutoCloseable {

  /**
   * The least that is asked of the system at a time. Small: what is larger gets a chunk of exactly
   * its size, which the next step and the gradients of the same size take again, while the rest of
   * a large chunk, filled with other sizes, stays unused (a sixth of a transformer's memory at 32
   * MB).
   */
  public static final long DEFAULT_CHUNK_BYTES = 1L << 20;

  /**
   * Large blocks of the system all start at one place of a page, and so would the operands of a
   * call: loads and stores of equal low address bits wait for each other. Each chunk starts some
   * cache lines further on than the one before (a hundredth of a transformer's step).
   */
  private static final int STARTS = 64;

  private static final int START_STEP = 17; // prime to STARTS, so that all are used in turn

  private final long chunkBytes;
  private final Map<ElementType, List<Chunk>> chunks = new EnumMap<>(ElementType.class);
  private final List<Arena> parts = new ArrayList<>();
  private long usedBytes;
  private long reservedBytes;
  private long peakBytes;
  private boolean closed;

  /** An empty arena that grows by {@link #DEFAULT_CHUNK_BYTES}. */
  public Arena() {
    this(DEFAULT_CHUNK_BYTES);
  }

  /** An empty arena that grows by at least {@code chunkBytes}. */
  public Arena(long chunkBytes) {
    if (chunkBytes < Slab.ALIGNMENT) {
      throw new IllegalArgumentException(
          "chunkBytes is " + chunkBytes + ": it must be at least " + Slab.ALIGNMENT);
    }
    this.chunkBytes = chunkBytes;
  }

  /** A piece of an arena, for as long as it is not given back. */
  public static final class Piece {
    private final Chunk chunk;
    private final long offset;
    private final long elements;

    private Piece(Chunk chunk, long offset, long elements) {
      this.chunk = chunk;
      this.offset = offset;
      this.elements = elements;
    }

    /** The memory the piece lies in. */
    public Slab slab() {
      return chunk.slab;
    }

    /** Where in the slab the piece starts, in elements; a multiple of 64 bytes. */
    public long offset() {
      return offset;
    }
  }

  /**
   * An arena of the same life for what another thread computes beside this one's: it is closed with
   * this one and counts in its bytes. Asked for and closed on this one's thread.
   */
  public Arena part(int number) {
    requireOpen();
    while (parts.size() <= number) {
      parts.add(new Arena(chunkBytes));
    }
    return parts.get(number);
  }

  /** Memory for {@code elements} numbers of {@code type}, not cleared, aligned to 64 bytes. */
  public Piece allocate(ElementType type, long elements) {
    requireOpen();
    long unit = Slab.ALIGNMENT / type.bytes();
    long size = Math.max(unit, (elements + unit - 1) / unit * unit);
    List<Chunk> list = chunks.computeIfAbsent(type, t -> new ArrayList<>());
    Chunk best = null;
    long smallest = Long.MAX_VALUE;
    for (Chunk chunk : list) {
      long free = chunk.free.smallestFor(size);
      if (free >= 0 && free < smallest) {
        best = chunk;
        smallest = free;
        if (free == size) {
          break;
        }
      }
    }
    if (best == null) {
      best = grow(type, Math.max(pieces(list, size) * size, chunkBytes / type.bytes()));
      list.add(best);
    }
    usedBytes += size * type.bytes();
    peakBytes = Math.max(peakBytes, usedBytes);
    return new Piece(best, best.take(size), size);
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the arena is closed: open a new one");
    }
  }

  /**
   * How many pieces of a size a new chunk is to hold: two where pieces of twice the size are in
   * use, else one. Of a convolutional network the maps of a later stage are half as large as those
   * of the one before, whose gradients then find room where two of them were.
   */
  private static int pieces(List<Chunk> list, long size) {
    return list.stream().anyMatch(chunk -> chunk.capacity() == 2 * size) ? 2 : 1;
  }

  private Chunk grow(ElementType type, long elements) {
    long made = chunks.values().stream().mapToInt(List::size).sum();
    long lines = made * START_STEP % STARTS;
    long start = lines * (Slab.ALIGNMENT / type.bytes());
    Slab slab = Slab.allocate(type, start + elements);
    reservedBytes += slab.bytes();
    return new Chunk(slab, start);
  }

  /** Gives one piece back before the step closes. Each piece at most once. */
  public void release(Piece piece) {
    piece.chunk.give(piece.offset, piece.elements);
    usedBytes -= piece.elements * piece.slab().type().bytes();
  }

  /** Gives everything back; what was taken must not be used any more. */
  public void reset() {
    chunks.values().forEach(list -> list.forEach(Chunk::clear));
    parts.forEach(Arena::reset);
    usedBytes = 0;
  }

  /** Bytes taken at present. */
  public long usedBytes() {
    return usedBytes + sum(Arena::usedBytes);
  }

  /** The most bytes that were taken at one time; of parts, the sum of theirs. */
  public long peakBytes() {
    return peakBytes + sum(Arena::peakBytes);
  }

  private long sum(ToLongFunction<Arena> bytes) {
    long sum = 0;
    for (Arena part : parts) { // asked after every call of a kernel that takes memory: no streams
      sum += bytes.applyAsLong(part);
    }
    return sum;
  }

  /** Bytes that the arena holds of the system. */
  public long reservedBytes() {
    return reservedBytes + sum(Arena::reservedBytes);
  }

  /** Gives the memory back to the system. */
  @Override
  public void close() {
    closed = true;
    chunks.values().forEach(list -> list.forEach(chunk -> chunk.slab.close()));
    chunks.clear();
    reservedBytes = 0;
    parts.forEach(Arena::close);
  }

  private static final class Chunk {
    final Slab slab;
    final FreeList free;
    private final long start;

    Chunk(Slab slab, long start) {
      this.slab = slab;
      this.start = start;
      this.free = new FreeList(capacity());
    }

    long capacity() {
      return slab.elements() - start;
    }

    long take(long size) {
      return start + free.take(size);
    }

    void give(long offset, long size) {
      free.give(offset - start, size);
    }

    void clear() {
      free.clear();
    }
  }
}
