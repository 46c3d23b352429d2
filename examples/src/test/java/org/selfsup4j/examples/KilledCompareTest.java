package org.selfsup4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real process that compares is killed inside a row and between rows, and started again. */
class KilledCompareTest {

  @TempDir private Path folder;

  private Process start(Path json) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-cp",
            System.getProperty("java.class.path"),
            SelfSup.class.getName(),
            "compare",
            "--tasks",
            "rotation,jigsaw",
            "--minutes",
            "0.05",
            "--batch",
            "16",
            "--threads",
            "1",
            "--train-images",
            "64",
            "--json",
            json.toString());
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("said.txt").toFile()))
        .start();
  }

  private void killWhen(Process process, BooleanSupplier moment) throws Exception {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (!moment.getAsBoolean() && process.isAlive() && System.nanoTime() < end) {
      process.waitFor(20, TimeUnit.MILLISECONDS);
    }
    process.toHandle().destroyForcibly(); // SIGKILL
    assertThat(process.waitFor()).as(said()).isEqualTo(128 + 9);
  }

  private String said() throws IOException {
    return Files.readString(folder.resolve("said.txt"));
  }

  private static boolean hasCheckpoint(Path run) {
    try (Stream<Path> files = Files.list(run.resolve("checkpoints"))) {
      return files.anyMatch(file -> file.toString().endsWith(".ckpt"));
    } catch (IOException e) {
      return false; // not there yet
    }
  }

  private static List<JsonNode> rows(Path json) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    new ObjectMapper().readTree(json.toFile()).forEach(rows::add);
    return rows;
  }

  @Test
  void itGoesOnWhereItStoppedAndEndsWithTheSameBits() throws Exception {
    Path json = folder.resolve("killed.json");
    Path runs = folder.resolve("killed.json.runs");
    killWhen(start(json), () -> hasCheckpoint(runs.resolve("rotation"))); // inside the first row
    assertThat(json).doesNotExist();
    JsonNode spent = new ObjectMapper().readTree(runs.resolve("rotation/seconds.json").toFile());
    killWhen(start(json), () -> Files.exists(json)); // between the rows
    JsonNode first = rows(json).get(0);
    assertThat(first.get("task").asText()).isEqualTo("rotation");
    assertThat(first.get("seconds").asDouble()).isGreaterThan(spent.get("seconds").asDouble());
    killWhen(start(json), () -> hasCheckpoint(runs.resolve("jigsaw"))); // inside the second
    Process last = start(json);
    assertThat(last.waitFor()).as(said()).isZero();
    List<JsonNode> rows = rows(json);
    assertThat(rows).hasSize(2);
    assertThat(rows.get(0)).isEqualTo(first);

    // The same plans without a kill: a run folder that holds no more than its description.
    Path whole = folder.resolve("whole.json");
    for (String task : new String[] {"rotation", "jigsaw"}) {
      Path run = Files.createDirectories(folder.resolve("whole.json.runs").resolve(task));
      Files.copy(runs.resolve(task).resolve("run.json"), run.resolve("run.json"));
    }
    Process undisturbed = start(whole);
    assertThat(undisturbed.waitFor()).as(said()).isZero();
    for (int i = 0; i < 2; i++) {
      for (String same : new String[] {"task", "knn", "linear", "images", "weights_hash"}) {
        assertThat(rows.get(i).get(same)).as(same).isEqualTo(rows(whole).get(i).get(same));
      }
      Path weights = Path.of(rows.get(i).get("task").asText(), "encoder.safetensors");
      assertThat(Files.readAllBytes(runs.resolve(weights)))
          .isEqualTo(Files.readAllBytes(folder.resolve("whole.json.runs").resolve(weights)));
    }
  }
}
