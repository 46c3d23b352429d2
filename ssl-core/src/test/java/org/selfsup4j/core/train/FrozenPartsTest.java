package org.selfsup4j.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Parameter;
import org.selfsup4j.core.optim.AdamW;
import org.selfsup4j.core.optim.ParameterGroup;
import org.selfsup4j.core.optim.Schedule;
import org.selfsup4j.core.optim.ScheduledAdamW;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.Loss;
import org.selfsup4j.core.task.PretextTask;
import org.selfsup4j.core.task.Step;
import org.selfsup4j.core.task.Turn;
import org.selfsup4j.core.tensor.Tensor;

/** What rests for the first epochs stays as it is to the bit, and then begins at its beginning. */
class FrozenPartsTest {

  private static final int PER_EPOCH = 3;
  private static final TrainingPlan PLAN =
      TrainingPlan.of(4, 1)
          .withOptimizer(AdamW.withDecay(0.5), Schedule.constant(0.01))
          .withGroups(ParameterGroup.everything());

  private final Kernels kernels = KernelSets.open("nd4j");

  private record One(Parameter value) implements Module {}

  private record Empty() {}

  private record Batch(Tensor image) {}

  /** {@code early + 3 late}, where {@code late} rests for some epochs. */
  private record Waiting(One early, One late, List<One> frozen, long epochs)
      implements PretextTask<Empty, Empty, Batch> {

    @Override
    public Empty example(Sample<Empty> sample, RandomStream random) {
      return new Empty();
    }

    @Override
    public Loss loss(Batch batch, Step step) {
      Tensor times = late.value().in(step.pass()).times(3);
      return Loss.of(early.value().in(step.pass()).plus(times).sum());
    }

    @Override
    public List<Turn<Batch>> turns() {
      return List.of(
          new Turn<>("all", List.of(early, late), this::loss).freezing(frozen.get(0), epochs));
    }
  }

  private static One one(double value) {
    return new One(Parameter.of(new double[] {value}, 1));
  }

  private static Waiting waiting(long epochs) {
    One late = one(2);
    return new Waiting(one(1), late, List.of(late), epochs);
  }

  private StepRunner<Batch> runner(Waiting task) {
    return new StepRunner<>(task, PLAN, kernels, 4 * PER_EPOCH);
  }

  private static StepResult run(StepRunner<Batch> runner, long step) {
    return runner.run(step, step / PER_EPOCH, s -> new Batch(s.tensor(new float[] {1}, 1)), false);
  }

  private static double value(One one) {
    return one.value().variable().toDoubles()[0];
  }

  private double number(Block block) {
    return Math.sqrt(kernels.sumOfSquares(block));
  }

  @Test
  void whatRestsGetsNoGradientNoDecayAndNoMoments() {
    Waiting task = waiting(2);
    try (StepRunner<Batch> runner = runner(task)) {
      Map<String, Block> state = runner.state();
      for (int step = 0; step < 2 * PER_EPOCH; step++) {
        double norm = run(runner, step).gradientNorm();
        assertThat(norm).isEqualTo(1); // of the other one alone
        assertThat(value(task.late())).isEqualTo(2);
        assertThat(number(task.late().value().variable().gradient())).isZero();
        assertThat(number(state.get("optimizer.all.late.value.first"))).isZero();
        assertThat(number(state.get("optimizer.all.late.value.second"))).isZero();
        assertThat(number(state.get("optimizer.all.early.value.first"))).isPositive();
      }
      assertThat(value(task.early())).isLessThan(1);
    }
  }

  @Test
  void theFirstStepAfterwardsIsTheOptimizersFirst() {
    Waiting task = waiting(2);
    try (StepRunner<Batch> runner = runner(task)) {
      for (int step = 0; step <= 2 * PER_EPOCH; step++) {
        run(runner, step);
      }
    }
    // Adam's first step has the length of the rate, whatever the gradient; later ones, without
    // moments from before, would have sqrt(10) times that. The decay comes first.
    assertThat(value(task.late())).isCloseTo(2 * (1 - 0.01 * 0.5) - 0.01, within(1e-6));
  }

  @Test
  void aRunThatIsResumedWhileOrAfterAPartRestedHasTheSameBits() {
    for (int stop : new int[] {2, PER_EPOCH + 1}) {
      Waiting whole = waiting(1);
      Waiting second = waiting(1);
      try (StepRunner<Batch> straight = runner(whole);
          StepRunner<Batch> first = runner(waiting(1));
          StepRunner<Batch> resumed = runner(second)) {
        for (int step = 0; step < 4 * PER_EPOCH; step++) {
          run(straight, step);
        }
        for (int step = 0; step < stop; step++) {
          run(first, step);
        }
        Map<String, Block> saved = first.state();
        resumed.state().forEach((name, block) -> kernels.copy(saved.get(name), block));
        resumed.resumeAfter(stop);
        for (int step = stop; step < 4 * PER_EPOCH; step++) {
          run(resumed, step);
        }
        assertThat(value(second.late())).isEqualTo(value(whole.late()));
        assertThat(value(second.early())).isEqualTo(value(whole.early()));
      }
    }
  }

  @Test
  void aPartThatIsNotTrainedCannotBeFrozen() {
    Waiting task = new Waiting(one(1), one(2), List.of(one(3)), 1);
    assertThatThrownBy(() -> runner(task))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the turn 'all' freezes the parameter [1]")
        .hasMessageContaining("which it does not train");
  }

  @Test
  void aDecayThatIsScheduledIsThatOfTheStep() {
    Schedule decay = Schedule.cosine(0.04, 0.4);
    Waiting task = waiting(Long.MAX_VALUE); // the early one's gradient is 1 throughout
    TrainingPlan plan = PLAN.withOptimizer(ScheduledAdamW.of(decay), Schedule.constant(0.01));
    try (StepRunner<Batch> runner = new StepRunner<>(task, plan, kernels, 4 * PER_EPOCH)) {
      double want = 1;
      for (int step = 0; step < 4 * PER_EPOCH; step++) {
        run(runner, step);
        want = want * (1 - 0.01 * decay.at(step, 4 * PER_EPOCH)) - 0.01;
        assertThat(value(task.early())).isCloseTo(want, within(1e-6));
      }
    }
    assertThat(value(task.late())).isEqualTo(2);
    assertThat(decay.at(0, 12)).isCloseTo(0.04, within(1e-12));
    assertThat(decay.at(6, 12)).isCloseTo(0.22, within(1e-12));
    assertThat(decay.at(12, 12)).isCloseTo(0.4, within(1e-12));
  }

  @Test
  void aStepKnowsHowFarTheRunIs() {
    Step step = new Step(3, 12, 1, null);
    assertThat(step.progress()).isEqualTo(0.25);
    assertThat(step.at(Schedule.cosine(0.5, 1))).isEqualTo(Schedule.cosine(0.5, 1).at(3, 12));
  }
}
