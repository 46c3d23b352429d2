package org.selfsup4j.core.train;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, UTF_8);
  private long now = 1_000_000_000L;

  @Test
  void plainLinesAreOccasionalAndEndWithTheLastState() {
    Progress.Work work = new Progress.Work(100, 25, 64);
    try (Progress progress = new Progress(out, false, work, 0, () -> now)) {
      for (int step = 1; step <= 100; step++) {
        now += 500_000_000L; // two steps a second
        progress.update(step, 2.0 / step);
      }
    }
    assertThat(lines())
        .containsExactly(
            "epoch 2/4, step 30 of 100, 128 images/s, loss 0.06667, 0:35 left",
            "epoch 3/4, step 60 of 100, 128 images/s, loss 0.03333, 0:20 left",
            "epoch 4/4, step 90 of 100, 128 images/s, loss 0.02222, 0:05 left",
            "epoch 4/4, step 100 of 100, 128 images/s, loss 0.02000, done");
  }

  @Test
  void aRunThatGoesOnCountsOnlyItsOwnStepsForSpeed() {
    Progress.Work work = new Progress.Work(20_000, 1_000, 8);
    try (Progress progress = new Progress(out, false, work, 10_000, () -> now)) {
      for (int step = 10_001; step <= 10_002; step++) {
        now += 8_000_000_000L;
        progress.update(step, 0.5);
      }
    }
    assertThat(lines())
        .containsExactly(
            "epoch 11/20, step 10002 of 20000, 1.0 images/s, loss 0.5000, 22:13:04 left");
  }

  @Test
  void speedIsThatOfTheLastSeconds() {
    Progress.Work work = new Progress.Work(1000, 1000, 10);
    try (Progress progress = new Progress(out, false, work, 0, () -> now)) {
      now += 100_000_000_000L; // a slow start, long ago
      progress.update(1, 1);
      for (int step = 2; step <= 400; step++) {
        now += 100_000_000L;
        progress.update(step, 1);
      }
    }
    assertThat(lines().get(lines().size() - 1)).contains("100 images/s", "1:00 left");
  }

  @Test
  void aTerminalGetsABarThatIsDrawnOver() {
    Progress.Work work = new Progress.Work(40, 10, 32);
    try (Progress progress = new Progress(out, true, work, 0, () -> now)) {
      for (int step = 1; step <= 40; step++) {
        now += 1_000_000_000L;
        progress.update(step, 0.25);
      }
    }
    String said = bytes.toString(UTF_8);
    assertThat(said).contains("\r");
    assertThat(said.substring(said.lastIndexOf('\r')))
        .contains(
            "pretraining 100% [####################] epoch 4/4, 32.0 images/s, loss 0.2500, done");
  }

  @Test
  void nothingDoneSaysNothing() {
    new Progress(out, false, new Progress.Work(10, 5, 2), 0, () -> now).close();
    assertThat(bytes.size()).isZero();
    assertThatThrownBy(() -> new Progress.Work(0, 5, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("each must be at least 1");
  }

  private List<String> lines() {
    return bytes.toString(UTF_8).lines().toList();
  }
}
