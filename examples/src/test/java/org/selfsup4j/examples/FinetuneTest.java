package org.selfsup4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.selfsup4j.eval.compare.WeightsHash;
import picocli.CommandLine;

class FinetuneTest {

  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path photos;

  @BeforeEach
  void writePhotos() throws IOException {
    photos = HandPhotos.write(folder.resolve("photos"), 50);
  }

  private int run(String... arguments) {
    CommandLine commands = SelfSup.commandLine();
    commands.setOut(new PrintWriter(out));
    commands.setErr(new PrintWriter(err));
    return commands.execute(arguments);
  }

  private int finetune(Path file, String... more) {
    return run(
        Stream.concat(
                Stream.of(
                    "finetune", "--encoder-file", file + "", "--data", photos + "", "--side", "16"),
                Stream.of(more))
            .toArray(String[]::new));
  }

  private Path pretrained(String task) {
    Path run = folder.resolve(task);
    String[] arguments = {
      "pretrain",
      task,
      "--data",
      photos + "",
      "--side",
      "16",
      "--epochs",
      "1",
      "--batch",
      "16",
      "--seed",
      "4",
      "--out",
      run + ""
    };
    assertThat(run(arguments)).as(err.toString()).isZero();
    return run.resolve("encoder.safetensors");
  }

  @Test
  void aRunsEncoderIsTunedBesideTheUntrainedOne() throws IOException {
    Path json = folder.resolve("scores.json");
    String[] options = {"--fraction", "0.5", "--steps", "8", "--batch", "10", "--json", json + ""};
    assertThat(finetune(pretrained("rotation"), options)).as(err.toString()).isZero();
    JsonNode scores = new ObjectMapper().readTree(json.toFile());
    assertThat(scores.at("/untrained/finetuned").asDouble(-1)).isBetween(0.0, 1.0);
    assertThat(scores.at("/pretrained/finetuned").asDouble(-1)).isBetween(0.0, 1.0);
    assertThat(scores.at("/protocols/finetuned").asText())
        .startsWith("fine-tuned on 0.5 of the labels (20), 8 steps of 10 images");
    assertThat(scores.at("/encoders/pretrained").asText()).isEqualTo("pretrained ResNet");
    assertThat(out.toString()).contains("finetuned", "untrained", "pretrained");
  }

  @Test
  void theEncoderIsToldFromTheFile() {
    StoredEncoder stored = StoredEncoder.open(pretrained("mae"), 16);
    assertThat(stored.pretrained().getClass().getSimpleName()).isEqualTo("VisionTransformer");
    String before = WeightsHash.of(stored.untrained());
    assertThat(WeightsHash.of(EncoderChoice.VIT_TINY.make(16, 4)))
        .as("the twin is of the run's seed")
        .isEqualTo(before);
    assertThat(WeightsHash.of(stored.pretrained())).isNotEqualTo(before);
  }

  @Test
  void whatDoesNotFitIsExplained() {
    Path file = pretrained("rotation");
    assertThat(finetune(file, "--fraction", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("fraction is 0.0: it must be above 0 and at most 1");
    assertThat(finetune(file, "--layer-decay", "0.75")).isEqualTo(2);
    assertThat(err.toString()).contains("a layer decay of 0.75 needs an encoder with a list of");
    assertThat(finetune(file, "--steps", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("steps is 0");
    assertThat(finetune(folder.resolve("none"))).isEqualTo(1);
    assertThat(err.toString()).contains("none");
  }
}
