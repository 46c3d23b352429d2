package org.selfsup4j.pretext.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.module.Buffer;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.ShapeException;
import org.selfsup4j.core.tensor.Tensor;

class MemoryBankTest {

  private static final int WIDTH = 3;

  private final MemoryBank bank = MemoryBank.of(6, WIDTH, RandomStream.of(1));
  private final double[] before = bank.rows().toDoubles();

  private static void inPass(Consumer<Pass> use) {
    try (Arena arena = new Arena(1 << 12);
        Session session = Session.evaluation(KernelSets.choose(), arena, "test")) {
      use.accept(new Pass(false, RandomStream.of(1), session));
    }
  }

  private void update(long[] index, double[] embeddings, double momentum) {
    inPass(
        pass -> {
          Session session = pass.session();
          Tensor z = session.tensor(ElementType.FLOAT, embeddings, index.length, WIDTH);
          bank.update(session.ids(index, index.length), z, momentum, pass);
        });
  }

  private static double[] row(double[] rows, int row) {
    return Arrays.copyOfRange(rows, row * WIDTH, (row + 1) * WIDTH);
  }

  /** {@code unit(momentum row + (1 - momentum) unit(embedding))}. */
  private static double[] blended(double[] row, double momentum, double... embedding) {
    double[] sum = new double[WIDTH];
    for (int i = 0; i < WIDTH; i++) {
      sum[i] = momentum * row[i] + (1 - momentum) * embedding[i] / length(embedding);
    }
    double length = length(sum);
    return Arrays.stream(sum).map(x -> x / length).toArray();
  }

  private static double length(double... row) {
    return Math.sqrt(Arrays.stream(row).map(x -> x * x).sum());
  }

  @Test
  void beginsWithRowsOfLengthOneAndIsNotTrained() {
    for (int i = 0; i < 6; i++) {
      assertThat(length(row(before, i))).isCloseTo(1, within(1e-6));
    }
    assertThat(row(before, 0)).isNotEqualTo(row(before, 1));
    assertThat(Parts.of(bank).parameters()).isEmpty();
    assertThat(Parts.of(bank).states()).containsOnlyKeys("rows");
  }

  @Test
  void theRowsOfABatchAreBlendedAndTheOthersStayAsTheyAre() {
    update(new long[] {4, 1}, new double[] {3, 0, 4, 0, -2, 0}, 0.25);
    double[] after = bank.rows().toDoubles();
    assertThat(row(after, 4)).containsExactly(blended(row(before, 4), 0.25, 3, 0, 4), within(1e-6));
    assertThat(row(after, 1))
        .containsExactly(blended(row(before, 1), 0.25, 0, -2, 0), within(1e-6));
    for (int same : new int[] {0, 2, 3, 5}) {
      assertThat(row(after, same)).isEqualTo(row(before, same));
    }
  }

  @Test
  void withoutMomentumARowIsReplaced() {
    update(new long[] {2}, new double[] {0, 6, 8}, 0);
    assertThat(row(bank.rows().toDoubles(), 2))
        .containsExactly(new double[] {0, 0.6, 0.8}, within(1e-6));
  }

  @Test
  void ofTwoEmbeddingsOfOneImageTheLaterCounts() {
    update(new long[] {2, 2}, new double[] {1, 0, 0, 0, 1, 0}, 0.5);
    assertThat(row(bank.rows().toDoubles(), 2))
        .containsExactly(blended(row(before, 2), 0.5, 0, 1, 0), within(1e-6));
  }

  @Test
  void whatWasReadDoesNotSeeALaterUpdate() {
    inPass(
        pass -> {
          Session session = pass.session();
          Tensor all = bank.snapshot(pass);
          Tensor some = bank.gather(session.ids(new long[] {5, 0, 5, 3}, 2, 2), pass);
          Tensor z = session.tensor(ElementType.FLOAT, new double[] {1, 2, 3, 3, 2, 1}, 2, WIDTH);
          bank.update(session.ids(new long[] {5, 3}, 2), z, 0.5, pass);
          assertThat(all.toDoubles()).isEqualTo(before);
          assertThat(some.shape().toArray()).containsExactly(2, 2, WIDTH);
          assertThat(row(some.toDoubles(), 2)).isEqualTo(row(before, 5));
          assertThat(row(bank.rows().toDoubles(), 5)).isNotEqualTo(row(before, 5));
        });
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatThrownBy(() -> MemoryBank.of(0, 8, RandomStream.of(1)))
        .hasMessageContaining("a memory bank of 0 rows of 8 numbers");
    assertThatThrownBy(() -> new MemoryBank(Buffer.of(new double[4], 4)))
        .hasMessageContaining("rows [n, d], got buffer [4]");
    inPass(
        pass -> {
          Session session = pass.session();
          Tensor two = session.ids(new long[] {1, 2}, 2);
          Tensor wide = session.full(ElementType.FLOAT, 1, 2, WIDTH + 1);
          assertThatThrownBy(() -> bank.update(two, wide, 0.5, pass))
              .isInstanceOf(ShapeException.class)
              .hasMessageContaining("rows [n, 3]")
              .hasMessageContaining("[2, 4]");
          Tensor outside = session.ids(new long[] {1, 6}, 2);
          Tensor z = session.full(ElementType.FLOAT, 1, 2, WIDTH);
          assertThatThrownBy(() -> bank.update(outside, z, 0.5, pass))
              .isInstanceOf(IndexOutOfBoundsException.class)
              .hasMessageContaining("6");
        });
    assertThat(bank.rows().toDoubles()).isEqualTo(before);
  }
}
