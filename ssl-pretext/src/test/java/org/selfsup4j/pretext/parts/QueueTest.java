package org.selfsup4j.pretext.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.module.Buffer;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.ShapeException;
import org.selfsup4j.core.tensor.Tensor;

class QueueTest {

  private static final Kernels KERNELS = KernelSets.choose();
  private static final int WIDTH = 3;

  /** Rows that hold the number of the embedding, so that each can be told from the others. */
  private static double[] numbered(int from, int count) {
    double[] values = new double[count * WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = 100 + from + i / WIDTH;
    }
    return values;
  }

  /** The first numbers of the rows, the oldest row first. */
  private static List<Double> oldestFirst(Queue queue) {
    double[] values = queue.rows().toDoubles();
    int start = (int) queue.oldest().toDoubles()[0];
    List<Double> numbers = new ArrayList<>();
    for (int i = 0; i < queue.size(); i++) {
      numbers.add(values[(start + i) % queue.size() * WIDTH]);
    }
    return numbers;
  }

  /**
   * A list from which the oldest go: batches that fit, that go over the end, that are too large.
   */
  @Property(tries = 200)
  void holdsTheNewestRowsWhateverTheBatchSizes(
      @ForAll @IntRange(min = 1, max = 12) int size,
      @ForAll @Size(min = 1, max = 12) List<@IntRange(min = 1, max = 30) Integer> batches) {
    Queue queue = Queue.of(size, WIDTH, RandomStream.of(1));
    List<Double> plain = oldestFirst(queue);
    int added = 0;
    try (Arena arena = new Arena(1 << 12);
        Session session = Session.evaluation(KERNELS, arena, "test")) {
      Pass pass = new Pass(false, RandomStream.of(1), session);
      for (int count : batches) {
        double[] values = numbered(added, count);
        queue.add(session.tensor(ElementType.FLOAT, values, count, WIDTH), pass);
        for (int row = 0; row < count; row++) {
          plain.add(values[row * WIDTH]);
          plain.remove(0);
        }
        added += count;
        assertThat(oldestFirst(queue)).isEqualTo(plain);
        assertThat(queue.oldest().toDoubles()).containsExactly(added % size);
      }
    }
  }

  @Test
  void beginsWithRowsOfLengthOneInRandomDirections() {
    Queue queue = Queue.of(50, WIDTH, RandomStream.of(1));
    double[] values = queue.rows().toDoubles();
    double[] mean = new double[WIDTH];
    for (int row = 0; row < 50; row++) {
      double squares = 0;
      for (int i = 0; i < WIDTH; i++) {
        squares += values[row * WIDTH + i] * values[row * WIDTH + i];
        mean[i] += values[row * WIDTH + i] / 50;
      }
      assertThat(squares).isCloseTo(1, within(1e-6));
    }
    assertThat(mean).containsExactly(new double[WIDTH], within(0.3));
    assertThat(Queue.of(50, WIDTH, RandomStream.of(1)).rows().toDoubles()).isEqualTo(values);
    assertThat(Parts.of(queue).parameters()).isEmpty();
    assertThat(Parts.of(queue).states()).containsOnlyKeys("rows", "oldest");
  }

  @Test
  void aSnapshotDoesNotSeeWhatIsAddedLater() {
    Queue queue = Queue.of(4, WIDTH, RandomStream.of(1));
    double[] before = queue.rows().toDoubles();
    try (Arena arena = new Arena(1 << 12);
        Session session = Session.evaluation(KERNELS, arena, "test")) {
      Pass pass = new Pass(false, RandomStream.of(1), session);
      Tensor snapshot = queue.snapshot(pass);
      queue.add(session.tensor(ElementType.FLOAT, numbered(0, 4), 4, WIDTH), pass);
      assertThat(snapshot.toDoubles()).isEqualTo(before);
      assertThat(queue.snapshot(pass).toDoubles()).isEqualTo(numbered(0, 4));
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatThrownBy(() -> Queue.of(0, 8, RandomStream.of(1)))
        .hasMessageContaining("a queue of 0 rows of 8 numbers");
    Buffer place = Buffer.of(new double[1], 1);
    assertThatThrownBy(() -> new Queue(Buffer.of(new double[4], 2, 2), place))
        .hasMessageContaining("one INT64 place")
        .hasMessageContaining("FLOAT");
    Queue queue = Queue.of(4, WIDTH, RandomStream.of(1));
    try (Arena arena = new Arena(1 << 12);
        Session session = Session.evaluation(KERNELS, arena, "test")) {
      Pass pass = new Pass(false, RandomStream.of(1), session);
      Tensor wide = session.full(ElementType.FLOAT, 1, 2, WIDTH + 1);
      assertThatThrownBy(() -> queue.add(wide, pass))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("[K, 3]")
          .hasMessageContaining("[2, 4]");
    }
  }
}
