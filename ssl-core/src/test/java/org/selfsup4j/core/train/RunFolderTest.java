package org.selfsup4j.core.train;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.selfsup4j.core.format.CheckpointFile;
import org.selfsup4j.core.format.CorruptFileException;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Slab;

class RunFolderTest {

  private static final String UUID = "0b7a4f3e-8d0c-4c43-9d55-2f7f0c1a9e11";

  @TempDir Path temporary;
  private final Slab slab = Slab.allocate(ElementType.FLOAT, 4);
  private final Map<String, Block> tensors = Map.of("weight", Block.contiguous(slab, 0, 4));

  @AfterEach
  void close() {
    slab.close();
  }

  @Test
  void explainsItself() throws IOException {
    Path folder = temporary.resolve("runs/first");
    try (RunFolder run = RunFolder.create(folder, description())) {
      assertThat(run.path()).isEqualTo(folder);
      assertThat(run.picture("curves.png")).isEqualTo(folder.resolve("pictures/curves.png"));
      assertThat(run.encoderFile()).isEqualTo(folder.resolve("encoder.safetensors"));
      assertThat(run.openNewestCheckpoint()).isEmpty();
    }
    ObjectNode json = (ObjectNode) new ObjectMapper().readTree(folder.resolve("run.json").toFile());
    assertThat(json.at("/settings/task").asText()).isEqualTo("rotation");
    assertThat(json.at("/seed").asLong()).isEqualTo(1L << 40);
    assertThat(json.at("/data").asText()).isEqualTo("2062 photos of 10 signs");
    assertThat(json.at("/threads").asInt()).isEqualTo(2);
    assertThat(json.at("/kernels").asText()).isEqualTo("onednn avx512");
    assertThat(json.at("/versions/selfsup4j").asText()).isNotEmpty();
    assertThat(names(folder))
        .containsExactly("checkpoints", "metrics.jsonl", "pictures", "run.json", "run.lock");
    assertThat(RunFolder.holdsRun(folder)).isTrue();
    assertThat(RunFolder.description(folder)).isEqualTo(description());
  }

  @Test
  void goesOnWithWhatItHad() {
    Path folder = temporary.resolve("run");
    try (RunFolder run = RunFolder.create(folder, description())) {
      run.metrics().append(1, Map.of("loss", 2.0));
      fill(7);
      run.writeCheckpoint(1, 2, progress(1), tensors);
    }
    fill(0);
    try (RunFolder run = RunFolder.resume(folder)) {
      assertThat(run.description().differences(description())).isEmpty();
      assertThat(MetricsLog.read(run.metrics().file())).hasSize(1);
      try (CheckpointFile checkpoint = run.openNewestCheckpoint().orElseThrow()) {
        assertThat(checkpoint.progress()).isEqualTo(progress(1));
        assertThat(checkpoint.settings()).isEqualTo(description().settings());
        checkpoint.read("weight", tensors.get("weight"));
      }
    }
    assertThat(((FloatPointer) slab.pointer(2)).get()).isEqualTo(7f);
  }

  @Test
  void keepsTheNewestCheckpoints() throws IOException {
    Path folder = temporary.resolve("run");
    try (RunFolder run = RunFolder.create(folder, description())) {
      for (long step : new long[] {5, 100, 20, 1_500_000_000_000L}) {
        run.writeCheckpoint(step, 3, progress(step), tensors);
      }
      assertThat(names(folder.resolve("checkpoints")))
          .containsExactly("step-000000020.ckpt", "step-000000100.ckpt", "step-1500000000000.ckpt");
      assertThat(newestStep(run)).isEqualTo(1_500_000_000_000L);
      assertThatThrownBy(() -> run.writeCheckpoint(1, 0, progress(1), tensors))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("keep is 0");
    }
  }

  @Test
  void passesOverDamagedCheckpointsAndSetsThemAside() throws IOException {
    Path folder = temporary.resolve("run");
    Path checkpoints = folder.resolve("checkpoints");
    try (RunFolder run = RunFolder.create(folder, description())) {
      for (long step : new long[] {10, 20, 30}) {
        run.writeCheckpoint(step, 3, progress(step), tensors);
      }
      flipLastByte(checkpoints.resolve("step-000000030.ckpt"));
      Files.write(checkpoints.resolve("step-000000020.ckpt"), new byte[10]);
      assertThat(newestStep(run)).isEqualTo(10);
      assertThat(names(checkpoints))
          .containsExactly(
              "step-000000010.ckpt", "step-000000020.ckpt.damaged", "step-000000030.ckpt.damaged");
      // The damaged ones do not count: what is written next is kept.
      run.writeCheckpoint(15, 1, progress(15), tensors);
      assertThat(newestStep(run)).isEqualTo(15);
    }
  }

  @Test
  void startsNothingAnewWhereEveryCheckpointIsDamaged() throws IOException {
    Path folder = temporary.resolve("run");
    try (RunFolder run = RunFolder.create(folder, description())) {
      run.writeCheckpoint(10, 3, progress(10), tensors);
      run.writeCheckpoint(20, 3, progress(20), tensors);
      flipLastByte(folder.resolve("checkpoints/step-000000010.ckpt"));
      flipLastByte(folder.resolve("checkpoints/step-000000020.ckpt"));
      for (int attempt = 0; attempt < 2; attempt++) {
        assertThatThrownBy(run::openNewestCheckpoint)
            .isInstanceOf(CorruptFileException.class)
            .hasMessageContaining("none of 2 is whole: start the run again in another folder");
      }
    }
  }

  @Test
  void refusesAFolderOfSomethingElse() throws IOException {
    Path folder = Files.createDirectory(temporary.resolve("photos"));
    Files.writeString(folder.resolve("holiday.jpg"), "not ours");
    assertThatThrownBy(() -> RunFolder.create(folder, description()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            folder
                + " is not empty and holds no run (it has holiday.jpg):"
                + " choose an empty folder or a new name");
    assertThatThrownBy(() -> RunFolder.resume(folder))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(folder + " holds no run (no run.json): check the path, or start a run in it");
    assertThat(names(folder)).containsExactly("holiday.jpg");

    Path weights = Files.createDirectories(temporary.resolve("other/checkpoints"));
    Files.writeString(weights.resolve("epoch-1.pt"), "not ours");
    assertThatThrownBy(() -> RunFolder.create(weights.getParent(), description()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("it has checkpoints");
    assertThatThrownBy(() -> RunFolder.create(weights.resolve("epoch-1.pt"), description()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is a file: choose a folder for the run");
  }

  @Test
  void startsNoRunOverAnother() {
    Path folder = temporary.resolve("run");
    RunFolder.create(folder, description()).close();
    assertThatThrownBy(() -> RunFolder.create(folder, description()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(folder + " already holds a run: resume it, or choose another folder");
  }

  @Test
  void startsWhereARunWasKilledWhileItWasCreated() throws IOException {
    Path folder = Files.createDirectories(temporary.resolve("run/checkpoints")).getParent();
    Files.writeString(folder.resolve("run.lock"), "4711");
    Files.writeString(folder.resolve(".run.json." + UUID + ".part"), "{");
    Files.writeString(folder.resolve("checkpoints/.writable." + UUID + ".part"), "");
    RunFolder.create(folder, description()).close();
    assertThat(names(folder)).contains("run.json").noneMatch(name -> name.endsWith(".part"));
    assertThat(names(folder.resolve("checkpoints"))).isEmpty();
  }

  @Test
  void leftoversOfAKilledProcessGoWithTheResume() throws IOException {
    Path folder = temporary.resolve("run");
    RunFolder.create(folder, description()).close();
    Path half = folder.resolve("checkpoints/.step-000000010.ckpt." + UUID + ".part");
    Files.write(half, new byte[1000]);
    RunFolder.resume(folder).close();
    assertThat(half).doesNotExist();
  }

  @Test
  void oneProcessAtATime() throws Exception {
    Path folder = temporary.resolve("run");
    try (RunFolder run = RunFolder.create(folder, description())) {
      assertThatThrownBy(() -> RunFolder.resume(run.path()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(
              "is in use by process " + ProcessHandle.current().pid() + ": wait for it to end");
    }
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                folder.toString())
            .redirectError(temporary.resolve("errors.txt").toFile())
            .start();
    try (BufferedReader said = child.inputReader(UTF_8)) {
      assertThat(said.readLine()).as(errors()).isEqualTo("holding");
      assertThatThrownBy(() -> RunFolder.resume(folder))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("is in use by process " + child.pid());
      child.toHandle().destroyForcibly();
      child.waitFor();
    }
    RunFolder.resume(folder).close(); // a dead process holds nothing
  }

  /** Holds a run folder until it is killed. */
  static final class Holder {
    public static void main(String[] arguments) throws IOException {
      try (RunFolder run = RunFolder.resume(Path.of(arguments[0]))) {
        System.out.println("holding");
        System.out.flush();
        while (System.in.read() >= 0) {
          run.metrics().sync();
        }
      }
    }
  }

  @Test
  void anUnwritablePlaceIsNamedBeforeAnythingIsTrained() {
    Path system = Path.of("/proc/self"); // not even root creates a folder here
    assumeThat(system).isDirectory();
    assertThatThrownBy(() -> RunFolder.create(system.resolve("run"), description()))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("cannot create or write folder /proc/self/run")
        .hasMessageContaining("choose another or change its permissions");
  }

  @Test
  void aFileInTheWayIsNamed() throws IOException {
    Path inTheWay = Files.writeString(temporary.resolve("out"), "a file");
    assertThatThrownBy(() -> RunFolder.create(inTheWay.resolve("run"), description()))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("cannot create or write folder " + inTheWay.resolve("run"));
  }

  @Test
  void aDamagedDescriptionIsRefused() throws IOException {
    Path folder = temporary.resolve("run");
    RunFolder.create(folder, description()).close();
    String json = Files.readString(folder.resolve("run.json"));
    for (String damaged :
        List.of(json.substring(0, json.length() / 2), "{}", json.replace("threads", "thr"))) {
      Files.writeString(folder.resolve("run.json"), damaged);
      assertThatThrownBy(() -> RunFolder.resume(folder))
          .isInstanceOf(CorruptFileException.class)
          .hasMessageContaining("run.json, description: is not that of a run");
    }
  }

  @Test
  void differencesThatChangeTheBitsAreSaid() {
    ObjectNode settings = description().settings().put("epochs", 30);
    RunDescription stored = description();
    RunDescription now =
        new RunDescription(settings, 3, stored.data(), 4, "nd4j", stored.versions());
    assertThat(stored.differences(now))
        .containsExactly(
            "kernels: \"onednn avx512\" in the run, \"nd4j\" now",
            "seed: 1099511627776 in the run, 3 now",
            "settings.epochs: nothing in the run, 30 now",
            "threads: 2 in the run, 4 now");
    assertThat(stored.differences(description())).isEmpty();
  }

  private static RunDescription description() {
    ObjectNode settings = JsonNodeFactory.instance.objectNode().put("task", "rotation");
    return RunDescription.of(settings, 1L << 40, "2062 photos of 10 signs", 2, "onednn avx512");
  }

  private static ObjectNode progress(long step) {
    return JsonNodeFactory.instance.objectNode().put("step", Long.toString(step));
  }

  private static long newestStep(RunFolder run) {
    try (CheckpointFile checkpoint = run.openNewestCheckpoint().orElseThrow()) {
      return checkpoint.progress().get("step").asLong();
    }
  }

  private void fill(float value) {
    for (int i = 0; i < 4; i++) {
      ((FloatPointer) slab.pointer(i)).put(value);
    }
  }

  private static void flipLastByte(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
  }

  private String errors() throws IOException {
    return Files.readString(temporary.resolve("errors.txt"));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}
