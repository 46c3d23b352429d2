package org.selfsup4j.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Parameter;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.optim.Adam;
import org.selfsup4j.core.optim.ParameterGroup;
import org.selfsup4j.core.optim.Schedule;
import org.selfsup4j.core.optim.Sgd;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.Loss;
import org.selfsup4j.core.task.LossOf;
import org.selfsup4j.core.task.PretextTask;
import org.selfsup4j.core.task.Step;
import org.selfsup4j.core.task.Turn;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;

/** Steps, turns and groups on networks of a number or two, and what stops them. */
class StepRunnerTest {

  private static final TrainingPlan PLAN =
      TrainingPlan.of(1, 1)
          .withOptimizer(new Sgd(0, 0, false), Schedule.constant(0.1))
          .withGroups(ParameterGroup.everything());

  private final Kernels kernels = KernelSets.open("nd4j");

  record Empty() {}

  record Nothing(Tensor image) {}

  /** Two numbers in a module each, trained by the turns it is given. */
  private record Pair(One generator, One critic, Function<Pair, List<Turn<Nothing>>> given)
      implements PretextTask<Empty, Empty, Nothing> {
    record One(Parameter value) implements Module {}

    @Override
    public Empty example(Sample<Empty> sample, RandomStream random) {
      return new Empty();
    }

    @Override
    public Loss loss(Nothing batch, Step step) {
      throw new AssertionError("the turns have losses of their own");
    }

    @Override
    public List<Turn<Nothing>> turns() {
      return given.apply(this);
    }
  }

  private static Pair.One one(double value) {
    return new Pair.One(Parameter.of(new double[] {value}, 1));
  }

  private static Nothing nothing(Session session) {
    return new Nothing(session.tensor(new float[] {1}, 1));
  }

  private static double value(Pair.One one) {
    return one.value().variable().toDoubles()[0];
  }

  /** A loss of the pair; no lambda here may hold a module, where nobody would find its parts. */
  private interface LossOfPair {
    Loss compute(Pair own, Step step);
  }

  /** A pair that one turn trains whole. */
  private static Pair pair(double generator, double critic, LossOfPair loss) {
    return new Pair(
        one(generator),
        one(critic),
        own ->
            List.of(
                new Turn<>(
                    "all",
                    List.of(own.generator(), own.critic()),
                    (batch, step) -> loss.compute(own, step))));
  }

  private static Loss product(Pair own, Step step) {
    return product(own.generator(), own.critic(), 1).compute(null, step);
  }

  private static LossOf<Nothing> product(Pair.One a, Pair.One b, double sign) {
    return (batch, step) ->
        Loss.of(a.value().in(step.pass()).times(b.value().in(step.pass())).times(sign).sum());
  }

  @Test
  void eachTurnUpdatesItsOwnParametersAlone() {
    Pair task = adversarial(2, 3);
    Pair.One x = task.generator();
    Pair.One y = task.critic();
    try (StepRunner<Nothing> runner = new StepRunner<>(task, PLAN, kernels, 10)) {
      double wantX = 2;
      double wantY = 3;
      for (int step = 0; step < 5; step++) {
        runner.run(step, 0, StepRunnerTest::nothing, false);
        wantX -= 0.1 * wantY; // gradient of x y for x
        wantY += 0.1 * wantX; // then of - x y for y, with the new x
        assertThat(value(x)).isCloseTo(wantX, within(1e-5));
        assertThat(value(y)).isCloseTo(wantY, within(1e-5));
      }
      assertThat(runner.state().keySet())
          .containsExactly("task.generator.value", "task.critic.value");
    }
  }

  @Test
  void aTurnHasTheOptimizerThatThePlanNamesForIt() {
    TrainingPlan plan =
        PLAN.withOptimizerOf("critic", new Adam(0.5, 0.999, 0, 0), Schedule.cosine(0.2, 0));
    Pair task = adversarial(2, 3);
    try (StepRunner<Nothing> runner = new StepRunner<>(task, plan, kernels, 10)) {
      StepResult first = runner.run(0, 0, StepRunnerTest::nothing, false);
      assertThat(value(task.generator())).isCloseTo(2 - 0.1 * 3, within(1e-6)); // the plan's SGD
      assertThat(value(task.critic())).isCloseTo(3 + 0.2, within(1e-6)); // Adam: the rate alone
      assertThat(first.rate()).as("of the last turn").isEqualTo(0.2);
      StepResult second = runner.run(5, 0, StepRunnerTest::nothing, false);
      assertThat(value(task.generator())).isCloseTo(1.7 - 0.1 * 3.2, within(1e-6));
      assertThat(second.rate()).isCloseTo(0.1, within(1e-12)); // half of the cosine
      assertThat(runner.state().keySet())
          .containsExactly(
              "task.generator.value",
              "task.critic.value",
              "optimizer.critic.critic.value.first",
              "optimizer.critic.critic.value.second");
    }
  }

  @Test
  void anOptimizerForATurnThatIsNoneIsRefused() {
    TrainingPlan plan = PLAN.withOptimizerOf("judge", new Sgd(0, 0, false), Schedule.constant(1));
    assertThatThrownBy(() -> new StepRunner<>(adversarial(2, 3), plan, kernels, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("an optimizer for the turn 'judge'")
        .hasMessageContaining("the task's turns are [generator, critic]");
  }

  private static Pair adversarial(double generator, double critic) {
    return new Pair(
        one(generator),
        one(critic),
        own ->
            List.of(
                new Turn<>(
                    "generator",
                    List.of(own.generator()),
                    product(own.generator(), own.critic(), 1)),
                new Turn<>(
                    "critic", List.of(own.critic()), product(own.generator(), own.critic(), -1))));
  }

  @Test
  void aParameterOfTwoTurnsIsRefused() {
    Pair.One x = one(2);
    Pair.One y = one(3);
    Pair task =
        new Pair(
            x,
            y,
            own ->
                List.of(
                    new Turn<>(
                        "generator",
                        List.of(own.generator()),
                        product(own.generator(), own.critic(), 1)),
                    new Turn<>(
                        "critic",
                        List.of(own.critic(), own.generator()),
                        product(own.generator(), own.critic(), -1))));
    assertThatThrownBy(() -> new StepRunner<>(task, PLAN, kernels, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "parameter 'generator.value' is trained by the turns 'generator' and 'critic': each"
                + " parameter belongs to one optimizer");
  }

  @Test
  void theFirstGroupThatHoldsAParameterTreatsIt() {
    TrainingPlan groups =
        PLAN.withGroups(
            new ParameterGroup("slow", (name, shape) -> name.startsWith("critic"), true, 0.5),
            ParameterGroup.everything());
    Pair task = pair(2, 3, StepRunnerTest::product);
    try (StepRunner<Nothing> runner = new StepRunner<>(task, groups, kernels, 10)) {
      runner.run(0, 0, StepRunnerTest::nothing, false);
    }
    assertThat(value(task.generator())).isCloseTo(2 - 0.1 * 3, within(1e-6));
    assertThat(value(task.critic())).isCloseTo(3 - 0.05 * 2, within(1e-6));
  }

  @Test
  void aParameterOfNoGroupIsRefused() {
    TrainingPlan groups =
        PLAN.withGroups(
            new ParameterGroup("first", (name, shape) -> name.startsWith("gen"), true, 1));
    Pair task = pair(2, 3, StepRunnerTest::product);
    assertThatThrownBy(() -> new StepRunner<>(task, groups, kernels, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "parameter 'critic.value' belongs to no group: let the last group be"
                + " ParameterGroup.everything()");
  }

  @Test
  void aLossThatIsNoNumberStopsBeforeAnythingChanges() {
    LossOfPair loss =
        (own, step) -> {
          Loss sane = product(own, step);
          return step.number() < 7 ? sane : Loss.of(sane.value().times(Double.NaN));
        };
    Pair task = pair(2, 3, loss);
    try (StepRunner<Nothing> runner = new StepRunner<>(task, PLAN, kernels, 10)) {
      double norm = 0;
      for (int step = 0; step < 7; step++) {
        norm = runner.run(step, 0, StepRunnerTest::nothing, false).gradientNorm();
      }
      Map<String, double[]> before = values(task);
      DivergedException diverged =
          catchThrowableOfType(
              DivergedException.class, () -> runner.run(7, 0, StepRunnerTest::nothing, false));
      assertThat(diverged.step()).isEqualTo(7);
      assertThat(diverged.loss()).isNaN();
      assertThat(diverged.rate()).isEqualTo(0.1);
      assertThat(diverged.gradientNorm()).isEqualTo(norm).isPositive();
      assertThat(diverged)
          .hasMessageContaining("diverged at step 7: loss NaN, learning rate 0.100, gradient norm")
          .hasMessageContaining("lower the rate");
      assertThat(values(task)).usingRecursiveComparison().isEqualTo(before);
    }
  }

  @Test
  void aGradientThatIsNoNumberStopsBeforeAnythingChanges() {
    LossOfPair root = // 0 itself, but with an infinite slope
        (own, step) -> Loss.of(own.generator().value().in(step.pass()).sqrt().sum());
    Pair task = pair(0, 3, root);
    try (StepRunner<Nothing> runner = new StepRunner<>(task, PLAN, kernels, 10)) {
      DivergedException diverged =
          catchThrowableOfType(
              DivergedException.class, () -> runner.run(0, 0, StepRunnerTest::nothing, false));
      assertThat(diverged.loss()).isZero();
      assertThat(diverged.gradientNorm()).isInfinite();
      assertThat(value(task.generator())).isZero();
      assertThat(value(task.critic())).isEqualTo(3);
    }
  }

  @Test
  void aTensorThatLeaksOutOfItsStepIsToldWhereItWasMade() {
    List<Tensor> leaked = new ArrayList<>();
    LossOfPair loss =
        (own, step) -> {
          Tensor wide = own.generator().value().in(step.pass()).broadcast(4, 1).exp();
          Tensor all = leaked.isEmpty() ? wide : wide.plus(leaked.get(0));
          leaked.add(wide);
          return Loss.of(all.sum());
        };
    Pair task = pair(2, 3, loss);
    try (StepRunner<Nothing> runner = new StepRunner<>(task, PLAN, kernels, 10)) {
      runner.run(0, 0, StepRunnerTest::nothing, false);
      assertThatThrownBy(() -> runner.run(1, 0, StepRunnerTest::nothing, false))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("the tensor [4, 1] made by 'exp' in step 0 was used after its")
          .hasMessageContaining("keep()");
    }
  }

  @Test
  void aPlanOfNonsenseIsRefusedByName() {
    assertThatThrownBy(() -> TrainingPlan.of(0, 8)).hasMessageContaining("epochs is 0");
    assertThatThrownBy(() -> TrainingPlan.of(1, 0)).hasMessageContaining("batchSize is 0");
    assertThatThrownBy(() -> PLAN.withClipNorm(0)).hasMessageContaining("clipNorm is 0.0");
    assertThatThrownBy(() -> PLAN.withClipNorm(Double.NaN)).hasMessageContaining("clipNorm is NaN");
    assertThatThrownBy(() -> PLAN.withLogEvery(0)).hasMessageContaining("logEvery is 0");
    assertThatThrownBy(() -> PLAN.withCheckpoints(0, 2))
        .hasMessageContaining("checkpointEvery is 0");
    assertThatThrownBy(() -> PLAN.withCheckpoints(5, 0))
        .hasMessageContaining("keepCheckpoints is 0");
  }

  private static Map<String, double[]> values(Pair task) {
    Map<String, double[]> values = new LinkedHashMap<>();
    Parts.of(task)
        .parameters()
        .forEach((name, parameter) -> values.put(name, parameter.variable().toDoubles()));
    return values;
  }
}
