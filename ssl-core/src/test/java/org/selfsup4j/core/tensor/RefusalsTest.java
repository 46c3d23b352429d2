package org.selfsup4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;

/** What does not fit is refused before it reaches native memory, with both values. */
class RefusalsTest {

  private final Kernels kernels = KernelSets.open("nd4j");
  private final Arena arena = new Arena(1 << 16);
  private final Session session = Session.evaluation(kernels, arena, "step 1");

  @AfterEach
  void close() {
    session.close();
    arena.close();
  }

  private Tensor zeros(long... shape) {
    return session.full(ElementType.FLOAT, 0, shape);
  }

  // --- views ------------------------------------------------------------------------------------

  @Test
  void broadcastingDoesNotLoseAxes() {
    // [2, 3] used to become [3] without a word.
    assertThatThrownBy(() -> zeros(2, 3).broadcast(3))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("[2, 3] does not broadcast to [3]");
    assertThatThrownBy(() -> zeros(2, 3).broadcast(2, 1)).isInstanceOf(ShapeException.class);
    assertThatThrownBy(() -> zeros(2, 3).broadcast(2, 4)).isInstanceOf(ShapeException.class);
  }

  @Test
  void anAxisIsNamedOnce() {
    assertThatThrownBy(() -> zeros(2, 3).sum(1, -1))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("[1, -1] names axis 1 of shape [2, 3] twice");
    // Both used to vanish, where there was a second axis of size 1 behind the first.
    assertThatThrownBy(() -> Views.drop(zeros(1, 1, 3), 0, -3))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("twice");
    assertThatThrownBy(() -> zeros(2, 3).permute(0, 0)).isInstanceOf(ShapeException.class);
    assertThatThrownBy(() -> zeros(2, 3, 4).permute(0, 2)).isInstanceOf(ShapeException.class);
  }

  @Test
  void axesThatDoNotExistAreNamed() {
    assertThatThrownBy(() -> Views.expand(zeros(2, 3), 3))
        .isInstanceOf(ShapeException.class)
        .hasMessage("expand: axis 3 can't be a new axis of shape [2, 3]");
    assertThatThrownBy(() -> Views.expand(zeros(2, 3), -4)).isInstanceOf(ShapeException.class);
    assertThatThrownBy(() -> zeros(2, 3).sum(2))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("axis 2 does not exist in shape [2, 3]");
    assertThatThrownBy(() -> zeros(2, 3).slice(0, 1, 3))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("slice 1 to 3 leaves axis 0 of shape [2, 3]");
    assertThatThrownBy(() -> Views.drop(zeros(2, 1), 0)).isInstanceOf(ShapeException.class);
  }

  @Test
  void tensorsWithoutElementsAreReshaped() {
    // Used to end in a stack overflow.
    assertThat(zeros(0, 3).reshape(3, 0).shape()).isEqualTo(Shape.of(3, 0));
    assertThat(zeros(2, 3).slice(0, 1, 1).transpose().reshape(0).toDoubles()).isEmpty();
    assertThatThrownBy(() -> zeros(2, 3).reshape(4, -1))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("[2, 3] of 6 elements does not become [4, -1]");
  }

  // --- ids --------------------------------------------------------------------------------------

  @Test
  void anIdMustLieInItsOwnRow() {
    // These used to read the next row's first numbers, or the one's before.
    Tensor x = session.tensor(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    assertThatThrownBy(() -> Rows.pick(x, session.ids(new long[] {3, 0}, 2, 1)))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("pick: id 3 is outside [0, 3)");
    assertThatThrownBy(() -> Rows.pick(x, session.ids(new long[] {0, -1}, 2, 1)))
        .hasMessage("pick: id -1 is outside [0, 3)");
    assertThatThrownBy(() -> Rows.select(x, 1, 0, 3))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("select: id 3 is outside [0, 3)");
    assertThatThrownBy(
            () -> Rows.gatherTokens(zeros(2, 3, 4), session.ids(new long[] {0, 3}, 2, 1)))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("gatherTokens: id 3 is outside [0, 3)");
    assertThatThrownBy(() -> Rows.gather(x, session.ids(new long[] {0, 2}, 2)))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessageContaining("2");
    assertThatThrownBy(() -> Losses.crossEntropy(x, session.ids(new long[] {0, 3}, 2)))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessageContaining("class id 3 of row 1 is outside [0, 3)");
  }

  @Test
  void idsAreWholeNumbers() {
    assertThatThrownBy(() -> Rows.gather(zeros(2, 3), zeros(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ids must be INT64, got FLOAT");
    Tensor ids = session.ids(new long[] {0, 1}, 2);
    Tensor wide = session.full(ElementType.DOUBLE, 0, 2, 3);
    assertThatThrownBy(() -> Rows.scatterAdd(zeros(2, 3), ids, wide))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the table is FLOAT, the rows are DOUBLE");
  }

  // --- operands ---------------------------------------------------------------------------------

  @Test
  void aBiasHasOneNumberForEachOutput() {
    Window window = Window.square(1, 1, 0);
    assertThatThrownBy(() -> Products.linear(zeros(2, 3), zeros(4, 3), zeros(3)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("linear: bias [3] must be [4]");
    assertThatThrownBy(
            () -> Convolutions.conv2d(zeros(1, 3, 2, 2), zeros(4, 3, 1, 1), zeros(1), window, 1))
        .isInstanceOf(ShapeException.class)
        .hasMessage("conv2d: bias [1] must be [4], one for each channel");
    assertThatThrownBy(
            () ->
                Convolutions.convTranspose2d(
                    zeros(1, 3, 2, 2), zeros(3, 4, 1, 1), zeros(3), window, 1, 0))
        .isInstanceOf(ShapeException.class)
        .hasMessage("convTranspose2d: bias [3] must be [4], one for each channel");
  }

  @Test
  void operandsOfANormFitItsInput() {
    Tensor x = zeros(2, 3, 4);
    assertThatThrownBy(() -> Normalizations.layerNorm(x, zeros(4, 3), zeros(4, 3), 1e-5))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("gamma [4, 3]")
        .hasMessageContaining("[2, 3, 4]");
    assertThatThrownBy(() -> Normalizations.layerNorm(x, zeros(4), zeros(3), 1e-5))
        .isInstanceOf(ShapeException.class);
    assertThatThrownBy(
            () -> Normalizations.batchNorm(x, zeros(3), zeros(3), 1e-5, zeros(2, 3), false))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("residual [2, 3] must be [2, 3, 4]");
    assertThatThrownBy(
            () ->
                Normalizations.batchNormWith(
                    zeros(4), zeros(3), x, zeros(3), zeros(3), 1e-5, null, false))
        .isInstanceOf(ShapeException.class);
    Tensor wide = session.full(ElementType.DOUBLE, 1, 3);
    assertThatThrownBy(
            () ->
                Normalizations.batchNormWith(wide, wide, x, zeros(3), zeros(3), 1e-5, null, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("statistics are DOUBLE, the input is FLOAT");
    assertThatThrownBy(
            () -> Normalizations.batchNorm(zeros(1, 3), zeros(3), zeros(3), 1e-5, null, false))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("larger batch");
  }

  @Test
  void typesAreNotMixed() {
    Tensor wide = session.full(ElementType.DOUBLE, 0, 2);
    assertThatThrownBy(() -> zeros(2).plus(wide))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("plus: operands are [FLOAT [2], DOUBLE [2]]");
    Tensor mask = session.mask(new boolean[] {true, false}, 2);
    assertThatThrownBy(() -> Arithmetic.greater(mask, mask))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("greater: masks have no order");
    assertThat(Arithmetic.equal(mask, mask).toDoubles()).containsExactly(1, 1);
    assertThatThrownBy(() -> mask.plus(1)).isInstanceOf(IllegalArgumentException.class);
  }
}
