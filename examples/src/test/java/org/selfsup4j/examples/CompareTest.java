package org.selfsup4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.selfsup4j.core.train.RunLock;
import picocli.CommandLine;

class CompareTest {

  private static final String MINUTES = "0.01";

  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path photos;
  private Path json;

  /** Fifty photos of two classes: forty to train on, ten to test. */
  @BeforeEach
  void writePhotos() throws IOException {
    photos = HandPhotos.write(folder.resolve("photos"), 50);
    json = folder.resolve("table.json");
  }

  private String[] command(String tasks, String... more) {
    Stream<String> usual =
        Stream.of("compare", "--tasks", tasks, "--data", photos.toString(), "--batch", "8");
    return Stream.of(
            usual,
            Stream.of("--json", json.toString(), "--threads", "1"),
            List.of(more).contains("--minutes")
                ? Stream.<String>empty()
                : Stream.of("--minutes", MINUTES),
            Stream.of(more))
        .flatMap(part -> part)
        .toArray(String[]::new);
  }

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    CommandLine commands = SelfSup.commandLine();
    commands.setOut(new PrintWriter(out));
    commands.setErr(new PrintWriter(err));
    return commands.execute(arguments);
  }

  private ArrayNode rows() throws IOException {
    return (ArrayNode) new ObjectMapper().readTree(json.toFile());
  }

  private Path runs(String task) {
    return folder.resolve("table.json.runs").resolve(task);
  }

  private static List<String> texts(ArrayNode rows, String name) {
    List<String> texts = new ArrayList<>();
    rows.forEach(row -> texts.add(row.get(name).asText()));
    return texts;
  }

  @Test
  void everyMethodThatPretrainKnowsIsCompared() {
    Map<String, CommandLine> commands = new CommandLine(new Pretrain()).getSubcommands();
    assertThat(Pretrain.methods().keySet())
        .containsExactlyElementsOf(
            commands.values().stream().map(CommandLine::getCommandName).distinct().toList())
        .contains("simclr", "mae", "rotation", "moco", "moco-v3", "inpainting", "jigsaw", "dino");
  }

  @Test
  void methodsAreTrainedScoredAndSaved() throws IOException {
    int code = run(command("rotation,moco", "--seed", "3"));
    assertThat(code).as(err.toString()).isZero();
    ArrayNode rows = rows();
    assertThat(texts(rows, "task")).containsExactly("rotation", "moco");
    for (JsonNode row : rows) {
      String[] accuracies = {"knn", "linear", "untrained_knn", "untrained_linear", "raw_knn"};
      for (String name : accuracies) {
        assertThat(row.get(name).asDouble(-1)).as(name).isBetween(0.0, 1.0);
      }
      long images = row.get("images").asLong();
      assertThat(images).isPositive();
      assertThat(images % 8).isZero();
      assertThat(row.get("seconds").asDouble()).isBetween(1e-3, 60.0);
      assertThat(row.get("seed").asLong()).isEqualTo(3);
      assertThat(row.get("command").asText())
          .startsWith("selfsup compare --tasks rotation,moco --data")
          .endsWith("--seed 3");
      assertThat(row.get("weights_hash").asText()).matches("[0-9a-f]{64}");
      assertThat(row.get("test_samples").asInt()).isEqualTo(10);
    }
    assertThat(texts(rows, "weights_hash").get(0)) // the same encoder from the same seed
        .isEqualTo(texts(rows, "weights_hash").get(1));
    assertThat(out.toString()).contains("rotation", "untrained", "0.01 minutes of training each");
    for (String task : texts(rows, "task")) {
      JsonNode run = new ObjectMapper().readTree(runs(task).resolve("run.json").toFile());
      long steps = run.at("/settings/plan/steps").asLong();
      JsonNode last = lastLine(runs(task).resolve("metrics.jsonl"));
      assertThat(last.get("step").asLong()).as("%s spans its plan", task).isEqualTo(steps);
      assertThat(8 * steps)
          .isEqualTo(rows.get(texts(rows, "task").indexOf(task)).get("images").asLong());
    }
  }

  @Test
  void whatFillsInPixelsIsFineTunedToo() throws IOException {
    assertThat(run(command("inpainting,rotation"))).as(err.toString()).isZero();
    JsonNode filled = rows().get(0);
    assertThat(filled.get("finetuned").asDouble(-1)).isBetween(0.0, 1.0);
    assertThat(filled.get("untrained_finetuned").asDouble(-1)).isBetween(0.0, 1.0);
    assertThat(rows().get(1).has("finetuned")).isFalse();
    assertThat(filled.get("weights_hash")) // of the weights before the fine-tuning, too
        .isEqualTo(rows().get(1).get("weights_hash"));
    assertThat(
            Pretrain.methods().entrySet().stream()
                .filter(method -> method.getValue().finetuned())
                .map(Map.Entry::getKey))
        .containsExactly("mae", "inpainting");
  }

  private static JsonNode lastLine(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    return new ObjectMapper().readTree(lines.get(lines.size() - 1));
  }

  @Test
  void aRerunKeepsFinishedRowsAndAddsNewOnes() throws IOException {
    assertThat(run(command("rotation"))).as(err.toString()).isZero();
    JsonNode first = rows().get(0);
    assertThat(run(command("jigsaw,rotation"))).as(err.toString()).isZero();
    assertThat(texts(rows(), "task")).containsExactly("rotation", "jigsaw");
    assertThat(rows().get(0)).isEqualTo(first);
    assertThat(rows().get(1).get("raw_knn")).isEqualTo(first.get("raw_knn"));
    assertThat(run(command("rotation", "--fresh"))).as(err.toString()).isZero();
    assertThat(texts(rows(), "task")).containsExactly("rotation");
    assertThat(runs("jigsaw")).doesNotExist();
  }

  @Test
  void twoComparisonsDoNotWriteIntoOneFile() throws IOException {
    Path runs = Files.createDirectories(json.resolveSibling("table.json.runs"));
    try (RunLock other = RunLock.take(runs)) {
      assertThat(other).isNotNull();
      for (String[] how : List.of(command("rotation"), command("rotation", "--fresh"))) {
        assertThat(run(how)).isNotZero();
        assertThat(err.toString())
            .contains("table.json.runs is in use by process " + ProcessHandle.current().pid());
      }
    }
    assertThat(json).doesNotExist();
    assertThat(run(command("rotation"))).as(err.toString()).isZero();
  }

  @Test
  void whatCannotBeComparedIsRefusedBeforeAnythingTrains() {
    assertThat(run(command("rotation,psychic"))).isEqualTo(2);
    assertThat(err.toString())
        .contains("there is no task 'psychic' to compare: choose among [simclr, mae,");
    assertThat(run(command("rotation,moco,rotation"))).isEqualTo(2);
    assertThat(err.toString()).contains("the task rotation is there twice");
    assertThat(run(command("moco,moco-v2"))).as("another name of it").isEqualTo(2);
    assertThat(err.toString()).contains("the task moco is there twice");
    for (String minutes : new String[] {"0", "-1", "NaN"}) {
      assertThat(run(command("rotation", "--minutes", minutes))).isEqualTo(2);
      assertThat(err.toString()).contains("each method needs some time");
    }
    assertThat(run(command("rotation", "--train-images", "41"))).isEqualTo(2);
    assertThat(err.toString()).contains("--train-images is 41: it must be between 1 and 40");
    assertThat(run(command("rotation,moco", "--train-images", "4"))).isEqualTo(2);
    assertThat(err.toString()).contains("batch is 8, but there are only 4 training images");
    assertThat(
            run(
                "compare",
                "--tasks",
                "moco",
                "--minutes",
                "1",
                "--json",
                json + "",
                "--batch",
                "7"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("moco: batchSize is 7");
    assertThat(json).doesNotExist();
    assertThat(runs("rotation").getParent()).doesNotExist();
  }

  @Test
  void rowsOfAnotherComparisonAreRefused() throws IOException {
    assertThat(run(command("rotation"))).as(err.toString()).isZero();
    byte[] before = Files.readAllBytes(json);
    assertThat(run(command("moco", "--seed", "1"))).isEqualTo(2);
    assertThat(err.toString()).contains("another comparison (seed: 0 there, 1 now)");
    assertThat(run(command("moco", "--minutes", "0.02"))).isEqualTo(2);
    assertThat(err.toString()).contains("minutes: 0.01 there, 0.02 now");
    assertThat(run(command("moco", "--train-images", "30"))).isEqualTo(2);
    assertThat(err.toString()).contains("train: ").contains("30 chosen items of");
    Files.delete(json); // the runs remember, too
    assertThat(run(command("rotation", "--seed", "1"))).isEqualTo(2);
    assertThat(err.toString()).contains("setting.json belongs to another comparison");
    Files.write(json, before);
    assertThat(runs("moco")).doesNotExist();
  }

  @Test
  void aFileCutInHalfIsRefusedAndWhatWasTrainedIsOnlyScoredAgain() throws IOException {
    assertThat(run(command("rotation"))).as(err.toString()).isZero();
    ObjectNode row = (ObjectNode) rows().get(0);
    byte[] whole = Files.readAllBytes(json);
    byte[] weights = Files.readAllBytes(runs("rotation").resolve("encoder.safetensors"));
    Files.write(json, java.util.Arrays.copyOf(whole, whole.length / 2));
    assertThat(run(command("rotation,moco"))).isEqualTo(1);
    assertThat(err.toString())
        .contains("table.json, rows: is not the array of rows")
        .contains("move it away and run again");
    assertThat(runs("moco")).doesNotExist();
    Files.delete(json);
    assertThat(run(command("rotation"))).as(err.toString()).isZero();
    assertThat(Files.readAllBytes(runs("rotation").resolve("encoder.safetensors")))
        .isEqualTo(weights);
    for (String same : new String[] {"knn", "linear", "images", "weights_hash", "raw_knn"}) {
      assertThat(rows().get(0).get(same)).as(same).isEqualTo(row.get(same));
    }
    assertThat(rows().get(0).get("seconds").asDouble())
        .as("the time that it took is remembered")
        .isGreaterThanOrEqualTo(row.get("seconds").asDouble() * 0.5);
  }
}
