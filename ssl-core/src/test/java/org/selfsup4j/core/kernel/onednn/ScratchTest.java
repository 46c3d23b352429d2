package org.selfsup4j.core.kernel.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

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
}
