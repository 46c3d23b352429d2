package org.selfsup4j.core.train;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.selfsup4j.core.format.CorruptFileException;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.optim.WarmupCosine;

/** A run that ends in the middle of an epoch: 8 steps an epoch, 13 in all. */
class PlannedStepsTest {

  private static final long STEPS = 13;

  @TempDir private Path temporary;

  private static TrainingPlan plan() {
    return TrainingPlan.of(2, 8).withSteps(STEPS).withLogEvery(1).withCheckpoints(5, 9);
  }

  private static Pretraining<?, ?, ?> pretraining(TrainingPlan plan) {
    return Pretraining.of(TinyTask.of(8), TinyTask.images(), plan).withKernels(KernelSets.choose());
  }

  @Test
  void itEndsAfterItsStepsAndTheScheduleSpansThem() throws IOException {
    Path folder = temporary.resolve("run");
    Pretrained result = pretraining(plan()).run(folder);
    assertThat(result.steps()).isEqualTo(STEPS);
    List<String> log = Files.readAllLines(folder.resolve("metrics.jsonl"));
    assertThat(log).hasSize((int) STEPS);
    double last = WarmupCosine.of(1e-3).at(STEPS - 1, STEPS);
    assertThat(log.get(log.size() - 1)).contains("\"learning_rate\":" + last);
    assertThat(folder.resolve("checkpoints/step-000000013.ckpt")).exists();
  }

  @Test
  void stoppedInTheCutEpochItEndsWithTheSameBits() throws IOException {
    Path whole = temporary.resolve("whole");
    pretraining(plan()).run(whole);
    Path stopped = temporary.resolve("stopped");
    pretraining(plan()).run(stopped);
    Files.delete(stopped.resolve("checkpoints/step-000000013.ckpt"));
    Files.delete(stopped.resolve("encoder.safetensors"));
    pretraining(plan()).resume(stopped, false); // from step 10
    assertThat(KilledRunTest.hashes(stopped)).isEqualTo(KilledRunTest.hashes(whole));
  }

  @Test
  void theTimeOfStoppedProcessesCounts() throws IOException {
    Path folder = temporary.resolve("run");
    double first = pretraining(plan()).run(folder).seconds();
    assertThat(Files.readString(folder.resolve("seconds.json"))).startsWith("{\"seconds\":");
    Files.writeString(folder.resolve("seconds.json"), "{\"seconds\":1000.5}");
    Files.delete(folder.resolve("checkpoints/step-000000013.ckpt"));
    double both = pretraining(plan()).resume(folder, false).seconds();
    assertThat(first).isBetween(0.0, 60.0);
    assertThat(both).isBetween(1000.5, 1060.5);
    Files.write(folder.resolve("seconds.json"), "{\"seco".getBytes(UTF_8));
    assertThatThrownBy(() -> pretraining(plan()).resume(folder, false))
        .isInstanceOf(CorruptFileException.class)
        .hasMessageContaining("seconds.json");
  }

  @Test
  void moreStepsThanItsEpochsHaveAreRefused() {
    Path folder = temporary.resolve("run");
    assertThatThrownBy(() -> pretraining(plan().withSteps(17)).run(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "steps is 17, but 2 epochs of 8 steps are only 16: choose more epochs, or fewer steps");
    assertThatThrownBy(() -> plan().withSteps(0)).hasMessage("steps is 0: it must be at least 1");
  }
}
