package org.selfsup4j.core.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.bytedeco.javacpp.LongPointer;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.random.RandomStream;

/** The memory of a step. */
class ArenaTest {

  private static final int CHUNK = 4096;

  private record Live(Arena.Piece piece, ElementType type, long elements, long mark) {

    long from() {
      return piece.slab().address(piece.offset());
    }

    long to() {
      return from() + elements * type.bytes();
    }
  }

  @Property(tries = 60)
  void piecesNeverOverlapAndKeepTheirNumbers(@ForAll long seed) {
    RandomStream random = RandomStream.of(seed);
    try (Arena arena = new Arena(CHUNK)) {
      List<Live> live = new ArrayList<>();
      for (int step = 0; step < 150; step++) {
        if (live.isEmpty() || random.chance(0.6)) {
          ElementType type = random.chance(0.5) ? ElementType.INT64 : ElementType.BOOL;
          // Now and then more than a chunk.
          long elements = random.chance(0.05) ? CHUNK + random.nextInt(CHUNK) : random.nextInt(99);
          Live piece = new Live(arena.allocate(type, elements), type, elements, step);
          assertThat(piece.from() % Slab.ALIGNMENT).isZero();
          for (Live other : live) {
            assertThat(piece.to() <= other.from() || other.to() <= piece.from()).isTrue();
          }
          write(piece);
          live.add(piece);
        } else {
          arena.release(live.remove(random.nextInt(live.size())).piece);
        }
        live.forEach(ArenaTest::requireUntouched);
        assertThat(arena.usedBytes()).isLessThanOrEqualTo(arena.peakBytes());
        assertThat(arena.peakBytes()).isLessThanOrEqualTo(arena.reservedBytes());
      }
      live.forEach(piece -> arena.release(piece.piece));
      assertThat(arena.usedBytes()).isZero();
    }
  }

  private static void write(Live piece) {
    if (piece.type == ElementType.INT64) {
      LongPointer numbers = (LongPointer) piece.piece.slab().pointer(piece.piece.offset());
      for (long i = 0; i < piece.elements; i++) {
        numbers.put(i, piece.mark);
      }
    }
  }

  private static void requireUntouched(Live piece) {
    if (piece.type == ElementType.INT64) {
      LongPointer numbers = (LongPointer) piece.piece.slab().pointer(piece.piece.offset());
      for (long i = 0; i < piece.elements; i++) {
        assertThat(numbers.get(i)).isEqualTo(piece.mark);
      }
    }
  }

  @Property(tries = 30)
  void theSameCallsGetTheSameAddressesAndNoMoreMemory(@ForAll long seed) {
    try (Arena arena = new Arena(CHUNK)) {
      List<Long> first = replay(arena, RandomStream.of(seed));
      long reserved = arena.reservedBytes();
      for (int step = 0; step < 3; step++) {
        assertThat(replay(arena, RandomStream.of(seed))).isEqualTo(first);
        assertThat(arena.reservedBytes()).isEqualTo(reserved);
      }
    }
  }

  private static List<Long> replay(Arena arena, RandomStream random) {
    List<Long> addresses = new ArrayList<>();
    List<Arena.Piece> pieces = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      if (pieces.isEmpty() || random.chance(0.7)) {
        Arena.Piece piece = arena.allocate(ElementType.DOUBLE, random.nextInt(300));
        pieces.add(piece);
        addresses.add(piece.slab().address(piece.offset()));
      } else {
        arena.release(pieces.remove(random.nextInt(pieces.size())));
      }
    }
    arena.reset();
    assertThat(arena.usedBytes()).isZero();
    return addresses;
  }

  @Test
  void whatWasFreedServesLargerPieces() {
    try (Arena arena = new Arena(CHUNK)) {
      List<Arena.Piece> small = new ArrayList<>();
      for (int i = 0; i < CHUNK / 64; i++) {
        small.add(arena.allocate(ElementType.FLOAT, 16));
      }
      small.forEach(arena::release);
      arena.allocate(ElementType.FLOAT, CHUNK / 4);
      assertThat(arena.reservedBytes()).isEqualTo(CHUNK);
      assertThat(arena.peakBytes()).isEqualTo(CHUNK);
    }
  }

  @Test
  void wrongUsesAreRefused() {
    assertThatThrownBy(() -> new Arena(63))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("chunkBytes is 63: it must be at least 64");
    Arena arena = new Arena(CHUNK);
    Arena.Piece piece = arena.allocate(ElementType.FLOAT, 3);
    arena.release(piece);
    assertThatThrownBy(() -> arena.release(piece)).isInstanceOf(IllegalStateException.class);
    assertThat(arena.usedBytes()).isZero();
    arena.close();
    assertThatThrownBy(() -> arena.allocate(ElementType.FLOAT, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the arena is closed");
    assertThatThrownBy(() -> piece.slab().pointer(0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void aViewThatLeavesItsMemoryIsRefused() {
    try (Slab slab = Slab.allocate(ElementType.FLOAT, 12)) {
      assertThat(Block.contiguous(slab, 0, 3, 4).count()).isEqualTo(12);
      assertThat(Block.contiguous(slab, 12, 0).count()).isZero();
      for (Runnable view :
          List.<Runnable>of(
              () -> Block.contiguous(slab, 1, 3, 4),
              () -> Block.contiguous(slab, -1, 2),
              () ->
                  Block.contiguous(slab, 0, 3, 4)
                      .slice(1, 2, 4)
                      .view(1, new long[] {3, 2}, new long[] {4, 1}),
              () -> Block.contiguous(slab, 0, 2, 2).view(0, new long[] {2, 2}, new long[] {11, 1}),
              () ->
                  Block.contiguous(slab, 0, 4, 3).view(0, new long[] {2, 2}, new long[] {-3, 1}))) {
        assertThatThrownBy(view::run).isInstanceOf(IndexOutOfBoundsException.class);
      }
      assertThatThrownBy(() -> Block.contiguous(slab, 0, 3, 4).broadcast(4))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  /** Maps of a first stage, then those of the next, half as large; then the way back. */
  @Test
  void twoFreedPiecesServeOneOfTwiceTheirSize() {
    long large = 1 << 20;
    try (Arena arena = new Arena(CHUNK)) {
      for (int i = 0; i < 3; i++) {
        arena.allocate(ElementType.FLOAT, large);
      }
      List<Arena.Piece> halves = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        halves.add(arena.allocate(ElementType.FLOAT, large / 2));
      }
      long before = arena.reservedBytes();
      halves.forEach(arena::release);
      arena.allocate(ElementType.FLOAT, large);
      arena.allocate(ElementType.FLOAT, large);
      assertThat(arena.reservedBytes()).isEqualTo(before);
    }
  }
}
