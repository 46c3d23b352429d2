package org.selfsup4j.core.train;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.selfsup4j.core.format.CorruptFileException;

class MetricsLogTest {

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void choose() {
    file = folder.resolve("metrics.jsonl");
  }

  @Test
  void oneObjectALineInTheOrderGiven() throws IOException {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("loss", 0.1);
    values.put("rate", 1e-3);
    try (MetricsLog log = MetricsLog.open(file)) {
      log.append(10, values);
      // Before the log is closed: whoever looks on sees whole lines.
      assertThat(Files.readString(file)).isEqualTo("{\"step\":10,\"loss\":0.1,\"rate\":0.001}\n");
      log.append(20, Map.of("loss", 0.05));
    }
    assertThat(MetricsLog.read(file))
        .containsExactly(
            new MetricsLog.Line(10, values), new MetricsLog.Line(20, Map.of("loss", 0.05)));
  }

  @Test
  void whatIsNotFiniteStaysReadable() throws IOException {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("loss", Double.NaN);
    values.put("norm", Double.POSITIVE_INFINITY);
    values.put("low", Double.NEGATIVE_INFINITY);
    try (MetricsLog log = MetricsLog.open(file)) {
      log.append(1, values);
    }
    assertThat(Files.readString(file))
        .isEqualTo("{\"step\":1,\"loss\":\"NaN\",\"norm\":\"Infinity\",\"low\":\"-Infinity\"}\n");
    assertThat(MetricsLog.read(file)).containsExactly(new MetricsLog.Line(1, values));
  }

  @Test
  void goesOnWhereItEnded() {
    write(10, 20);
    write(30);
    assertThat(steps()).containsExactly(10L, 20L, 30L);
  }

  @Test
  void isCutBackToACheckpointByteForByte() throws IOException {
    write(10, 20, 30, 40, 50);
    String before = Files.readString(file);
    try (MetricsLog log = MetricsLog.open(file)) {
      log.cutBackTo(30);
      assertThat(steps()).containsExactly(10L, 20L, 30L);
      log.append(40, Map.of("loss", 40.0));
      log.append(50, Map.of("loss", 50.0));
    }
    assertThat(Files.readString(file)).isEqualTo(before);
    try (MetricsLog log = MetricsLog.open(file)) {
      log.cutBackTo(9);
    }
    assertThat(file).isEmptyFile();
  }

  @Test
  void aLineTornAtAnyByteIsPassedOverAndRemoved() throws IOException {
    write(10, 20, 30);
    byte[] whole = Files.readAllBytes(file);
    int secondEnd = new String(whole, 0, whole.length - 1, UTF_8).lastIndexOf('\n') + 1;
    for (int length = secondEnd; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThat(steps()).as("cut to %d bytes", length).containsExactly(10L, 20L);
      write(30);
      assertThat(Files.readAllBytes(file)).containsExactly(whole);
    }
  }

  @Test
  void whatALossOfPowerLeavesAtTheEndIsRemoved() throws IOException {
    write(10, 20);
    Files.write(file, new byte[100], StandardOpenOption.APPEND);
    Files.writeString(file, "\n{\"step\":3", StandardOpenOption.APPEND);
    assertThat(steps()).containsExactly(10L, 20L);
    write(30);
    assertThat(steps()).containsExactly(10L, 20L, 30L);
  }

  @Test
  void aDamagedLineInTheMiddleIsRefusedByNumber() throws IOException {
    write(10, 20, 30);
    String good = Files.readString(file);
    for (String bad :
        List.of("{\"step\":20,", "{\"loss\":1}", "{\"step\":20,\"loss\":\"low\"}", "{} {}")) {
      Files.writeString(file, good.replace("{\"step\":20,\"loss\":20.0}", bad));
      assertThatThrownBy(() -> MetricsLog.read(file))
          .isInstanceOf(CorruptFileException.class)
          .hasMessage(file + ", line 2: is not a JSON object with a step: correct or delete it");
      assertThatThrownBy(() -> MetricsLog.open(file)).isInstanceOf(CorruptFileException.class);
    }
  }

  @Test
  void theNameOfTheStepIsTaken() {
    try (MetricsLog log = MetricsLog.open(file)) {
      assertThatThrownBy(() -> log.append(1, Map.of("step", 2.0)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("a metric cannot be called \"step\"");
    }
  }

  @Test
  void aMissingFolderIsNamed() {
    Path nowhere = folder.resolve("nowhere/metrics.jsonl");
    assertThatThrownBy(() -> MetricsLog.open(nowhere))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("cannot open " + nowhere);
  }

  private void write(long... steps) {
    try (MetricsLog log = MetricsLog.open(file)) {
      for (long step : steps) {
        log.append(step, Map.of("loss", (double) step));
      }
    }
  }

  private List<Long> steps() {
    return MetricsLog.read(file).stream().map(MetricsLog.Line::step).toList();
  }
}
