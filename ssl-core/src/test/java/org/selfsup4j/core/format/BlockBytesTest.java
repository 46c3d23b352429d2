package org.selfsup4j.core.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Slab;

class BlockBytesTest {

  @Property(tries = 200)
  void anyLayoutIsReadAndWrittenInRowMajorOrder(
      @ForAll ElementType type,
      @ForAll @IntRange(min = 1, max = 20) int first,
      @ForAll @IntRange(min = 1, max = 20) int second,
      @ForAll @IntRange(min = 1, max = 40) int third,
      @ForAll @IntRange(min = 0, max = 5) int order,
      @ForAll @IntRange(min = 1, max = 50) int piece) {
    int[][] orders = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    long[] shape = {first, second, third};
    Block from = Memory.permuted(type, shape, orders[order], 1);
    Block to = Memory.permuted(type, shape, orders[5 - order], 2);
    try {
      BlockBytes source = new BlockBytes(from);
      BlockBytes target = BlockBytes.forWriting(to);
      byte[] heap = new byte[piece * type.bytes()];
      long[] want = Memory.bits(from);
      for (int done = 0; done < want.length; done += piece) {
        int count = Math.min(piece, want.length - done);
        source.read(heap, count);
        for (int i = 0; i < count; i++) {
          assertThat(bits(heap, i, type)).isEqualTo(want[done + i]);
        }
        target.write(heap, count);
      }
      assertThat(source.nextCount()).isZero();
      assertThat(Memory.bits(to)).containsExactly(want);
    } finally {
      Memory.close(from, to);
    }
  }

  @Test
  void writingLeavesWhatIsBetweenTheElementsAlone() {
    Slab slab = Memory.random(ElementType.FLOAT, 40, 3);
    long before = Memory.bits(slab, 7);
    Block everyOther = new Block(slab, 6, new long[] {4, 3}, new long[] {8, 2});
    BlockBytes.forWriting(everyOther).write(new byte[48], 12);
    assertThat(Memory.bits(everyOther)).containsOnly(0);
    assertThat(Memory.bits(slab, 7)).isEqualTo(before);
    slab.close();
  }

  @Test
  void scalarsEmptyBlocksAndRepeatedAxes() {
    Slab slab = Memory.random(ElementType.DOUBLE, 4, 4);
    Block scalar = new Block(slab, 2, new long[0], new long[0]);
    byte[] heap = new byte[32];
    BlockBytes source = new BlockBytes(scalar);
    assertThat(source.nextCount()).isEqualTo(1);
    source.read(heap, 1);
    assertThat(bits(heap, 0, ElementType.DOUBLE)).isEqualTo(Memory.bits(slab, 2));

    assertThat(new BlockBytes(Block.contiguous(slab, 0, 3, 0, 2)).nextCount()).isZero();

    Block repeated = new Block(slab, 1, new long[] {3, 1}, new long[] {0, 1});
    BlockBytes.forWriting(scalar);
    new BlockBytes(repeated).read(heap, 3);
    assertThat(bits(heap, 2, ElementType.DOUBLE)).isEqualTo(Memory.bits(slab, 1));
    assertThatThrownBy(() -> BlockBytes.forWriting(repeated))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a repeated axis is not memory of its own");
    slab.close();
    assertThatThrownBy(() -> new BlockBytes(scalar)).isInstanceOf(IllegalStateException.class);
  }

  private static long bits(byte[] heap, int i, ElementType type) {
    ByteBuffer buffer = ByteBuffer.wrap(heap).order(ByteOrder.LITTLE_ENDIAN);
    return switch (type) {
      case FLOAT -> buffer.getInt(4 * i);
      case DOUBLE, INT64 -> buffer.getLong(8 * i);
      case BFLOAT16 -> buffer.getShort(2 * i);
      case BOOL -> buffer.get(i);
    };
  }
}
