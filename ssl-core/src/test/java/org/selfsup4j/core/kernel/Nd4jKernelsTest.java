package org.selfsup4j.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** The portable set keeps the contract. */
class Nd4jKernelsTest extends KernelsContract {

  @Override
  protected Kernels open() {
    return KernelSets.open("nd4j");
  }

  @Test
  void itsProviderFindsABackendAndIsTheLastResort() {
    KernelProvider provider = new org.selfsup4j.core.kernel.nd4j.Nd4jProvider();
    assertThat(provider.obstacle()).isNull();
    assertThat(provider.rank()).isZero();
    assertThat(kernels().name()).isEqualTo(provider.name()).isEqualTo("nd4j");
  }

  @Test
  void eachPublicCallIsCountedOnce() {
    Kernels fresh = open();
    try (Memory memory = new Memory()) {
      Block x = memory.rows(ElementType.FLOAT, Numbers.random(1, 3, 3));
      Block y = memory.room(ElementType.FLOAT, Layout.ROWS, 3, 3);
      fresh.softmax(false, x, y);
      fresh.softmax(true, x, y);
      fresh.matmul(x, x, Epilogue.NONE, y, false);
      fresh.sumOfSquares(x);
      assertThat(fresh.calls().snapshot())
          .containsOnly(
              java.util.Map.entry("softmax nd4j", 2L),
              java.util.Map.entry("matmul nd4j", 1L),
              java.util.Map.entry("sumOfSquares nd4j", 1L));
    }
  }

  @Test
  void threadsAreSetAndTheResultStays() {
    int before = kernels().threads();
    try (Memory memory = new Memory()) {
      Numbers x = Numbers.random(1, 300, 200);
      Block input = memory.rows(ElementType.DOUBLE, x);
      for (int threads : new int[] {1, 2}) {
        kernels().setThreads(threads);
        assertThat(kernels().threads()).isEqualTo(threads);
        Block y = memory.room(ElementType.DOUBLE, Layout.ROWS, 300, 200);
        kernels().unary(Unary.EXP, 0, 0, input, y);
        check(memory, "exp", y, x.map(Math::exp));
      }
      assertThatThrownBy(() -> kernels().setThreads(0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("threads is 0: it must be at least 1");
    } finally {
      kernels().setThreads(before);
    }
  }

  @Test
  void shapesThatDifferAreRefusedBeforeNativeMemoryIsRead() {
    try (Memory memory = new Memory()) {
      Block small = memory.rows(ElementType.FLOAT, Numbers.random(1, 3));
      Block large = memory.rows(ElementType.FLOAT, Numbers.random(1, 4, 3));
      assertThatThrownBy(() -> kernels().binary(Binary.ADD, small, large, large))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("FLOAT[3]")
          .hasMessageContaining("FLOAT[4, 3]")
          .hasMessageContaining("broadcast the smaller ones before");
    }
  }

  @Test
  void aPowerOfZeroHasNoSlopeAnywhere() {
    try (Memory memory = new Memory()) {
      Block x = memory.rows(ElementType.DOUBLE, Numbers.of(0, 2));
      Block dx = memory.room(ElementType.DOUBLE, Layout.ROWS, 2);
      Block ones = memory.rows(ElementType.DOUBLE, Numbers.of(1, 1));
      kernels().unaryBackward(Unary.POWER, 0, 0, x, ones, dx);
      assertThat(memory.get(dx).values).containsExactly(0, 0);
    }
  }
}
