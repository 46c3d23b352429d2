package org.selfsup4j.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.selfsup4j.core.kernel.KernelSets;

class PaceTest {

  @Test
  void wholeEpochsAndThePartOfOneFillTheTime() {
    Pace pace = new Pace(2, 0.5, 16); // an epoch takes 10 s
    assertThat(pace.stepsIn(20)).isEqualTo(32);
    assertThat(pace.stepsIn(21.9)).isEqualTo(32); // the third epoch's preparation takes 2 s
    assertThat(pace.stepsIn(23)).isEqualTo(34);
    assertThat(pace.stepsIn(29.9)).isEqualTo(47);
    assertThat(pace.stepsIn(0.1)).as("one step at least").isEqualTo(1);
  }

  @Test
  void withoutPreparationEveryStepCounts() {
    assertThat(new Pace(0, 0.25, 3).stepsIn(10)).isEqualTo(40);
  }

  @Test
  void aStepThatTakesNoTimeIsRefused() {
    assertThatThrownBy(() -> new Pace(0, 0, 8)).hasMessageContaining("0.0 s a step");
  }

  @Test
  void aTaskIsTimedWithItsLoader() {
    TinyTask task = TinyTask.of(8);
    double[] before = task.head().weight().toDoubles();
    Pace pace =
        Pretraining.of(task, TinyTask.images(), TrainingPlan.of(1, 32))
            .withKernels(KernelSets.choose())
            .pace(0);
    assertThat(pace.stepsPerEpoch()).isEqualTo(2);
    assertThat(pace.secondsPerStep()).isBetween(1e-6, 5.0);
    assertThat(pace.secondsBeforeEpoch()).isCloseTo(0, within(1.0));
    assertThat(task.head().weight().toDoubles()).as("it trained").isNotEqualTo(before);
  }
}
