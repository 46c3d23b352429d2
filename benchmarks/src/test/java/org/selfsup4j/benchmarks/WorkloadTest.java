package org.selfsup4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.kernel.TimedKernels;
import org.selfsup4j.core.train.Breakdown;
import org.selfsup4j.core.train.StepClock;

/** Workloads of any batch, and measurements that run through; times are only looked at. */
class WorkloadTest {

  private final Kernels kernels = KernelSets.choose();

  @Test
  void operationsGrowWithTheBatch() {
    Workload<?> whole = Workload.of("mae-vit-tiny-32");
    Workload<?> half = Workload.of("mae-vit-tiny-32", whole.images() / 2);
    assertThat(whole.gflop()).isEqualTo(111.2);
    assertThat(half.images()).isEqualTo(64);
    assertThat(half.gflop()).isEqualTo(55.6);
  }

  @Test
  void whatCannotBeMeasuredIsRefused() {
    assertThatThrownBy(() -> Workload.of("mae"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no workload named 'mae': choose one of [mae-vit-tiny-32,");
    assertThatThrownBy(() -> Workload.of("mae-vit-tiny-32", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("batch is 1: it must be at least 2");
    Workload<?> workload = Workload.of("mae-vit-tiny-32", 2);
    assertThatThrownBy(() -> StepTiming.measure(workload, kernels, 0))
        .hasMessage("steps is 0: it must be at least 1");
    assertThatThrownBy(() -> TurnTiming.measure(List.of(workload), kernels, 0))
        .hasMessage("steps is 0: it must be at least 1");
    assertThatThrownBy(() -> TurnTiming.measure(List.of(), kernels, 1))
        .hasMessage("no batches to measure in turn: name at least one");
    assertThatThrownBy(() -> LongRun.measure(workload, kernels, 399))
        .hasMessage("a long run of 399 steps says nothing: take at least 400");
    assertThatThrownBy(() -> EpochTiming.measure(workload, kernels, 1))
        .hasMessage("epochs is 1: it takes at least 2 to compare them");
  }

  @Test
  void aStepIsTimedAndItsStart() {
    StepTiming timing = StepTiming.measure(Workload.of("mae-vit-tiny-32", 2), kernels, 1);
    assertThat(timing.images()).isEqualTo(2);
    assertThat(timing.firstStepMillis()).isPositive();
    assertThat(timing.stepMillis()).isPositive();
    assertThat(timing.lastLoss()).isFinite().isNotEqualTo(timing.firstLoss());
    assertThat(timing.toJson()).contains("\"first_step_ms_since_start\":").contains("\"images\":2");
  }

  @Test
  void theOperationsOfTheStepAreThoseThatTheWorkloadCounts() {
    StepClock clock = new StepClock(kernels, TimedKernels.Detail.OPERATIONS);
    Workload<?> workload = Workload.of("mae-vit-tiny-32", 4);
    StepTiming.measure(workload, clock, 1);
    Breakdown breakdown = clock.breakdown().orElseThrow();
    assertThat(breakdown.steps()).isEqualTo(1);
    assertThat(breakdown.gflop()).isCloseTo(workload.gflop(), within(0.02 * workload.gflop()));
  }

  @Test
  void batchesHaveTheirTurnsInOneProcess() {
    List<Workload<?>> batches =
        List.of(Workload.of("mae-vit-tiny-32", 2), Workload.of("mae-vit-tiny-32", 5));
    TurnTiming timing = TurnTiming.measure(batches, kernels, 1);
    assertThat(timing.workload()).isEqualTo("mae-vit-tiny-32");
    assertThat(timing.kernels()).isEqualTo(kernels.name());
    assertThat(timing.rows()).extracting(TurnTiming.Row::images).containsExactly(2, 5);
    assertThat(timing.rows()).allMatch(row -> row.stepMillis() > 0);
  }

  @Test
  void epochsRunWithTheLoader() {
    EpochTiming epochs = EpochTiming.measure(Workload.of("mae-vit-tiny-32", 2), kernels, 2);
    assertThat(epochs.seconds()).hasSize(2).allMatch(seconds -> seconds > 0);
    assertThat(epochs.images()).isEqualTo(2);
  }
}
