package org.selfsup4j.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.data.ListSource;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.module.Buffer;
import org.selfsup4j.core.module.Linear;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.Loss;
import org.selfsup4j.core.task.PretextTask;
import org.selfsup4j.core.task.Step;
import org.selfsup4j.core.tensor.Losses;
import org.selfsup4j.core.tensor.Tensor;

/** What the contract of resuming sees, and what it says. */
class TaskContractTest {

  private record Example(float[] numbers) {}

  private record Batch(Tensor numbers) {}

  /**
   * Learns to repeat numbers times what it remembers of its steps.
   *
   * @param saved remembers in a buffer
   * @param forgotten remembers in a setting, or is null where the buffer does
   */
  private record Repeat(Linear layer, Buffer saved, AtomicLong forgotten)
      implements PretextTask<float[], Example, Batch> {

    static Repeat of(AtomicLong forgotten) {
      return new Repeat(
          Linear.of(4, 4, RandomStream.of(1)), Buffer.of(new double[1], 1), forgotten);
    }

    @Override
    public Example example(Sample<float[]> sample, RandomStream random) {
      return new Example(sample.value());
    }

    @Override
    public Loss loss(Batch batch, Step step) {
      Tensor y = layer.apply(batch.numbers(), step.pass()); // [N, 4]
      double scale = forgotten == null ? saved.toDoubles()[0] : forgotten.get();
      return Loss.of(Losses.meanSquaredError(y, batch.numbers().times(1 / (1 + scale))));
    }

    @Override
    public void afterStep(Step step) {
      if (forgotten == null) {
        Tensor one = step.pass().session().full(ElementType.FLOAT, step.number() + 1.0, 1);
        saved.assign(one, step.pass());
      } else {
        forgotten.incrementAndGet();
      }
    }
  }

  private static Source<float[]> numbers() {
    List<float[]> items = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      RandomStream random = RandomStream.of(2).at(i);
      items.add(
          new float[] {
            random.nextFloat(), random.nextFloat(), random.nextFloat(), random.nextFloat()
          });
    }
    return ListSource.of("numbers", items);
  }

  @Test
  void aTaskThatKeepsItsStateInABufferResumes() {
    TaskContract.of(() -> Repeat.of(null), numbers()).resumesWithTheSameBits();
  }

  @Test
  void aTaskThatRemembersOutsideOfItsPartsIsFoundWithTheTensorsThatDiffer() {
    assertThatThrownBy(
            () ->
                TaskContract.of(() -> Repeat.of(new AtomicLong()), numbers())
                    .resumesWithTheSameBits())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("stopped after step 4")
        .hasMessageContaining("task.layer.weight")
        .hasMessageContaining("must be a Parameter or a Buffer");
  }
}
