package org.selfsup4j.core.kernel.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Slab;

/** What is read of a block, and what is left alone. */
class FetchesTest {

  private final Fetches fetches = new Fetches();

  private long fetched(long shift, long[] shape, long... strides) {
    try (Slab slab = Slab.allocate(ElementType.FLOAT, 1 << 20)) {
      return fetches.fetch(new Block(slab, shift, shape, strides));
    }
  }

  @Test
  void aBlockIsReadFromItsFirstToItsLastElement() {
    assertThat(fetched(7, new long[] {5, 6, 8}, 48, 8, 1)).isEqualTo(4 * 240);
    assertThat(fetched(7, new long[] {8, 6, 5}, 1, 8, 48)).isEqualTo(4 * 240);
    assertThat(fetched(7, new long[] {5, 8}, 16, 1)).isEqualTo(4 * (4 * 16 + 8));
    assertThat(fetched(7, new long[] {})).isEqualTo(4);
  }

  @Test
  void whatIsRepeatedIsReadOnce() {
    assertThat(fetched(7, new long[] {9, 5, 8}, 0, 8, 1)).isEqualTo(4 * 40);
  }

  @Test
  void gapsLargerThanWhatIsReadAreLeftAlone() {
    assertThat(fetched(7, new long[] {5, 8}, 24, 1)).isZero();
    assertThat(fetched(7, new long[] {0, 8}, 8, 1)).isZero();
  }

  @Test
  void whatDoesNotStayInTheCacheIsLeftAlone() {
    assertThat(fetched(0, new long[] {1 << 19}, 1)).isEqualTo(2 << 20);
    assertThat(fetched(0, new long[] {(1 << 19) + 1}, 1)).isZero();
  }

  @Test
  void closedMemoryIsNotRead() {
    Slab slab = Slab.allocate(ElementType.FLOAT, 16);
    slab.close();
    assertThatThrownBy(() -> fetches.fetch(Block.contiguous(slab, 0, 16)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("after it was closed");
  }
}
