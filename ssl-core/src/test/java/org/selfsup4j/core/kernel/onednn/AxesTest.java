package org.selfsup4j.core.kernel.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Slab;
import org.selfsup4j.core.memory.Strides;

class AxesTest {

  private final Slab slab = Slab.allocate(ElementType.FLOAT, 10_000);

  private Block rows(long... shape) {
    return Block.contiguous(slab, 0, shape);
  }

  private Block channelsLast(long... shape) {
    return new Block(slab, 0, shape, Strides.channelsLast(shape));
  }

  @Test
  void equalLayoutsAreOneRunWhateverTheirOrder() {
    Axes axes = Axes.of(channelsLast(2, 3, 4, 5), channelsLast(2, 3, 4, 5));
    assertThat(axes.sizes()).containsExactly(120);
    assertThat(axes.isRun(0)).isTrue();
  }

  @Test
  void anotherLayoutIsWalkedInTheOrderOfTheLast() {
    Axes axes = Axes.of(rows(2, 3, 4, 5), channelsLast(2, 3, 4, 5));
    assertThat(axes.sizes()).containsExactly(2, 20, 3);
    assertThat(axes.strides(0)).containsExactly(60, 1, 20);
    assertThat(axes.strides(1)).containsExactly(60, 3, 1);
    assertThat(axes.isRun(0)).isFalse();
    assertThat(axes.isRun(1)).isTrue();
  }

  @Test
  void repeatedAxesStayApart() {
    Axes axes = Axes.of(rows(3, 1).broadcast(2, 3, 4), rows(2, 3, 4));
    assertThat(axes.sizes()).containsExactly(2, 3, 4);
    assertThat(axes.strides(0)).containsExactly(0, 1, 0);
    assertThat(axes.isBroadcast(0)).isTrue();
    assertThat(axes.isBroadcast(1)).isFalse();
  }

  @Test
  void axesOfOneElementDoNotCount() {
    Block x = new Block(slab, 0, new long[] {1, 4, 1, 5}, new long[] {999, 5, 77, 1});
    assertThat(Axes.of(x, rows(1, 4, 1, 5)).sizes()).containsExactly(20);
    assertThat(Axes.of(rows(), rows()).sizes()).containsExactly(1);
    Block odd = new Block(slab, 3, new long[] {1, 1}, new long[] {0, 0});
    assertThat(Axes.of(odd, odd).strides(1)).containsExactly(1);
  }
}
