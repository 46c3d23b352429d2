package org.selfsup4j.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.data.StreamSource;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Parameter;
import org.selfsup4j.core.optim.ParameterGroup;
import org.selfsup4j.core.optim.Schedule;
import org.selfsup4j.core.optim.Sgd;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.Loss;
import org.selfsup4j.core.task.PretextTask;
import org.selfsup4j.core.task.Step;
import org.selfsup4j.core.task.Turn;
import org.selfsup4j.core.tensor.Tensor;

/** What a step or a start must leave as it was: parameters not used, folders of runs refused. */
class UntouchedPartsTest {

  private static final TrainingPlan PLAN =
      TrainingPlan.of(1, 1)
          .withOptimizer(new Sgd(0, 0, false), Schedule.constant(0.1))
          .withGroups(ParameterGroup.everything());

  private final Kernels kernels = KernelSets.open("nd4j");
  @TempDir private Path temporary;

  private record One(Parameter value) implements Module {}

  private record Empty() {}

  private record Batch(Tensor image) {}

  /** {@code always + sometimes} in step 0, {@code always} alone from then on. */
  private record Skipping(One always, One sometimes, List<Module> trained)
      implements PretextTask<Empty, Empty, Batch> {
    @Override
    public Empty example(Sample<Empty> sample, RandomStream random) {
      return new Empty();
    }

    @Override
    public Loss loss(Batch batch, Step step) {
      Tensor sum = always.value().in(step.pass());
      return Loss.of(
          (step.number() == 0 ? sum.plus(sometimes.value().in(step.pass())) : sum).sum());
    }

    @Override
    public List<Turn<Batch>> turns() {
      return List.of(new Turn<>("only", trained.isEmpty() ? List.of(this) : trained, this::loss));
    }
  }

  private static One one(double value) {
    return new One(Parameter.of(new double[] {value}, 1));
  }

  @Test
  void aParameterThatAStepDoesNotUseIsNotMovedByTheGradientOfTheStepBefore() {
    One always = one(1);
    One sometimes = one(1);
    Skipping task = new Skipping(always, sometimes, List.of());
    try (StepRunner<Batch> runner = new StepRunner<>(task, PLAN, kernels, 3)) {
      for (int step = 0; step < 3; step++) {
        runner.run(step, 0, s -> new Batch(s.tensor(new float[] {1}, 1)), false);
      }
    }
    assertThat(always.value().variable().toDoubles()[0]).isCloseTo(0.7, nearly());
    assertThat(sometimes.value().variable().toDoubles()[0]).isCloseTo(0.9, nearly());
  }

  private static Offset<Double> nearly() {
    return Offset.offset(1e-6);
  }

  @Test
  void aTurnThatTrainsWhatIsNoPartOfTheTaskIsRefused() {
    Skipping task = new Skipping(one(1), one(1), List.of());
    PretextTask<Empty, Empty, Batch> outside = new Outside(task.always(), () -> one(5));
    assertThatThrownBy(() -> new StepRunner<>(outside, PLAN, kernels, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'only'")
        .hasMessageContaining("no part of the task");
  }

  /** Trains a module that it does not hold. */
  private record Outside(One own, Supplier<One> other) implements PretextTask<Empty, Empty, Batch> {
    @Override
    public Empty example(Sample<Empty> sample, RandomStream random) {
      return new Empty();
    }

    @Override
    public Loss loss(Batch batch, Step step) {
      return Loss.of(own.value().in(step.pass()).sum());
    }

    @Override
    public List<Turn<Batch>> turns() {
      return List.of(new Turn<>("only", List.of(own, other.get()), this::loss));
    }
  }

  @Test
  void aBatchLargerThanTheDataLeavesNoFolderThatHoldsARun() {
    Path folder = temporary.resolve("run");
    TrainingPlan tooLarge = TrainingPlan.of(1, TinyTask.IMAGES + 1);
    assertThatThrownBy(
            () ->
                Pretraining.of(TinyTask.of(4), TinyTask.images(), tooLarge)
                    .withKernels(kernels)
                    .run(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("batchSize is 65");
    assertThat(Files.exists(folder)).isFalse();
  }

  /** Wants an index, as a bank does; its check of sizes must not be asked as well. */
  private record Indexed(One value) implements PretextTask<Empty, Empty, Batch> {
    @Override
    public Empty example(Sample<Empty> sample, RandomStream random) {
      return new Empty();
    }

    @Override
    public Loss loss(Batch batch, Step step) {
      return Loss.of(value.value().in(step.pass()).sum());
    }

    @Override
    public void check(int batchSize, long samples) {
      throw new AssertionError("asked for sizes though the task looks at the source");
    }

    @Override
    public void check(int batchSize, Source<Empty> source) {
      if (!source.isIndexed()) {
        throw new IllegalArgumentException("no index in " + source.description());
      }
    }
  }

  @Test
  void aTaskMayRefuseTheSourceBeforeThereIsAFolder() {
    Path folder = temporary.resolve("run");
    Source<Empty> stream =
        StreamSource.of("empties", 4, 1, () -> Collections.nCopies(4, new Empty()).iterator());
    Indexed task = new Indexed(one(1));
    assertThatThrownBy(() -> Pretraining.of(task, stream, PLAN).withKernels(kernels).run(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no index in empties (stream of 4 items, buffer 1)");
    assertThat(Files.exists(folder)).isFalse();
  }
}
