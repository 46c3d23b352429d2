package org.selfsup4j.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** The oneDNN set keeps the contract. */
class OneDnnKernelsTest extends KernelsContract {

  @Override
  protected Kernels open() {
    return KernelSets.open("onednn");
  }

  @Test
  void isItself() {
    assertThat(kernels().name()).isEqualTo("onednn");
  }

  /**
   * As PyTorch's float, oneDNN loses the relative digits of a tail that is 0 beside its argument.
   */
  @Override
  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  public void largeArgumentsNeitherOverflowNorVanish(ElementType type) {
    Numbers x = Numbers.of(-1000, -90, -30, -8, -5, 5, 8, 30, 90, 1000);
    for (Unary f :
        List.of(
            Unary.TANH,
            Unary.SIGMOID,
            Unary.GELU,
            Unary.GELU_TANH,
            Unary.SOFTPLUS,
            Unary.SILU,
            Unary.ELU)) {
      try (Memory memory = new Memory()) {
        Block y = memory.room(type, Layout.ROWS, 10);
        Block dx = memory.room(type, Layout.ROWS, 10);
        kernels().unary(f, 1, 0, memory.rows(type, x), y);
        kernels()
            .unaryBackward(f, 1, 0, memory.rows(type, x), memory.rows(type, x.map(v -> 1)), dx);
        for (int i = 0; i < 10; i++) {
          double want = PlainFunctions.unary(f, 1, 0, x.values[i]);
          assertThat(memory.get(y).values[i])
              .as("%s(%s) in %s", f, x.values[i], type)
              .isCloseTo(want, within(1e-6 + 1e-6 * Math.abs(want)));
          assertThat(memory.get(dx).values[i]).as("slope of %s", f).isBetween(-0.5, 1.5);
        }
      }
    }
  }
}
