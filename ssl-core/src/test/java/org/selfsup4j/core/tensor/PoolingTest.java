package org.selfsup4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;

/** Which windows a pooling has. */
class PoolingTest {

  @Property
  void readsToTheBorderAsPyTorchsCeilModeDoes(
      @ForAll @IntRange(min = 1, max = 20) int size,
      @ForAll @IntRange(min = 1, max = 5) int kernel,
      @ForAll @IntRange(min = 1, max = 6) int stride,
      @ForAll @IntRange(min = 0, max = 2) int padding,
      @ForAll @IntRange(min = 1, max = 2) int dilation) {
    Assume.that(padding <= kernel / 2);
    int span = dilation * (kernel - 1) + 1;
    Assume.that(size + 2 * padding >= span);
    Window plain = Window.square(kernel, stride, padding).withDilation(dilation, dilation);

    Window wide = Pooling.reachingBorder(plain, size, size);

    int outputs = (int) Math.ceil((size + 2 * padding - span) / (double) stride) + 1;
    if ((outputs - 1) * stride >= size + padding) {
      outputs--; // a window that would begin in the padding behind
    }
    assertThat(wide.outputHeight(size)).isEqualTo(outputs);
    assertThat(wide.outputWidth(size)).isEqualTo(outputs);
  }

  @Test
  void aWindowOfPaddingAloneIsRefused() {
    try (Arena arena = new Arena(1 << 16);
        Session session = Session.evaluation(KernelSets.open("nd4j"), arena, "step")) {
      Tensor x = session.full(ElementType.FLOAT, -3, 1, 1, 4, 4);
      Window tall = new Window(1, 5, 1, 1, 1, 0, 2, 2, 1, 1); // the first row sees padding
      assertThatThrownBy(() -> Pooling.maxPool2d(x, tall))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("an image of 4x4")
          .hasMessageContaining("padding alone");
      Window behind = new Window(2, 2, 2, 2, 0, 2, 0, 0, 1, 1); // the last row of windows
      assertThatThrownBy(() -> Pooling.averagePool2d(x, behind, false))
          .isInstanceOf(ShapeException.class);
      Window wide = new Window(3, 3, 2, 2, 2, 2, 2, 2, 1, 1); // one pixel in every corner
      assertThat(Pooling.maxPool2d(x, wide).toDoubles()).containsOnly(-3);
      assertThat(Pooling.averagePool2d(x, wide, false).toDoubles()).containsOnly(-3);
    }
  }
}
