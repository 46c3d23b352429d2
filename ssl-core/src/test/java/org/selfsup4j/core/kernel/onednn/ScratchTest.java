package org.selfsup4j.core.kernel.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Slab;

class ScratchTest {

  @Test
  void whatOneCallTakesTheNextTakesAgain() {
    Scratch scratch = new Scratch();
    long first = Address.of(scratch.take(3, 5));
    long second = Address.of(scratch.takeBytes(7));
    assertThat(second).isNotEqualTo(first);
    scratch.reset();
    assertThat(Address.of(scratch.take(3, 5))).isEqualTo(first);
  }

  @Test
  void growsToTheLargestCallAndNoFurther() {
    Scratch scratch = new Scratch();
    for (int round = 0; round < 50; round++) {
      for (long size = 1 << 18; size <= 1 << 21; size *= 2) {
        scratch.take(size);
        scratch.take(size / 2);
        scratch.reset();
      }
    }
    long largest = (1L << 21) * 6; // bytes of the largest pair
    assertThat(scratch.reservedBytes()).isBetween(largest, largest + largest / 4 + (1 << 20));
  }

  /** Of mixed precision's calls some take both types, some one: no memory may be asked for anew. */
  @Test
  void callsOfTwoTypesInTurnKeepTheirMemory() {
    Scratch scratch = new Scratch();
    Slab floats = null;
    Slab narrow = null;
    for (int call = 0; call < 6; call++) {
      Block large = scratch.take(ElementType.FLOAT, 1_000_000);
      Block small = scratch.take(ElementType.BFLOAT16, 100_000);
      if (call >= 2) {
        assertThat(large.slab()).isSameAs(floats);
        assertThat(small.slab()).isSameAs(narrow);
      }
      floats = large.slab();
      narrow = small.slab();
      scratch.reset();
      scratch.take(ElementType.FLOAT, 10);
      scratch.reset();
    }
    assertThat(scratch.reservedBytes()).isLessThan(6_000_000);
  }

  @Test
  void whatIsReleasedServesTheSameCallAgain() {
    Scratch scratch = new Scratch();
    long kept = Address.of(scratch.take(10));
    int mark = scratch.mark();
    long released = Address.of(scratch.take(20));
    scratch.take(ElementType.BFLOAT16, 20);
    scratch.release(mark);
    long after = Address.of(scratch.take(20));
    assertThat(after).isEqualTo(released).isNotEqualTo(kept);
    assertThat(scratch.mark()).isEqualTo(mark + 1);
  }
}
