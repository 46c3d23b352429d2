package org.selfsup4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class PretrainTest {

  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    CommandLine commands = SelfSup.commandLine();
    commands.setOut(new PrintWriter(out));
    commands.setErr(new PrintWriter(err));
    return commands.execute(arguments);
  }

  @Test
  void aFolderThatDoesNotExistIsNamed() {
    String run = folder.resolve("run").toString();
    assertThat(run("pretrain", "simclr", "--data", "/no/such/folder", "--out", run)).isEqualTo(2);
    assertThat(err.toString())
        .contains("--data is '/no/such/folder': it must be 'embedded' or a folder that exists");
  }

  @Test
  void anEncoderThatDoesNotFitTheTaskIsExplained() {
    String run = folder.resolve("run").toString();
    assertThat(run("pretrain", "mae", "--encoder", "NARROW18", "--out", run)).isEqualTo(2);
    assertThat(err.toString())
        .contains("the encoder is a ResNet, which has no patches: a masked autoencoder needs");
  }

  @Test
  void inpaintingNeedsMapsWhoseSideDoublesToTheRegions() {
    String run = folder.resolve("run").toString();
    assertThat(run("pretrain", "inpainting", "--encoder", "VIT_TINY", "--out", run)).isEqualTo(2);
    assertThat(err.toString())
        .contains("the encoder is a VisionTransformer, which has no maps: a context encoder needs");
    assertThat(run("pretrain", "inpainting", "--side", "36", "--out", run)).isEqualTo(2);
    assertThat(err.toString())
        .contains("the encoder's last maps are 5x5 and the guessed square is 36x36");
    String[] centre = {"pretrain", "inpainting", "--side", "36", "--region", "CENTRE"};
    assertThat(run(with(centre, "--out", run))).isEqualTo(2);
    assertThat(err.toString())
        .contains("the encoder's last maps are 5x5 and the guessed square is 18x18");
  }

  @Test
  void puzzlesSayHowFarTheirPermutationsLieApart() {
    String run = folder.resolve("run").toString();
    String[] tooLarge = {"pretrain", "jigsaw", "--permutations", "64", "--batch", "9000"};
    assertThat(run(with(tooLarge, "--out", run))).isEqualTo(2); // after the puzzles were made
    assertThat(out.toString()).contains("64 permutations of 9 tiles, least Hamming distance 7");
    assertThat(run(with(tooLarge, "--plus-plus", "--out", run))).isEqualTo(2);
    assertThat(run("pretrain", "jigsaw", "--permutations", "1", "--out", run)).isEqualTo(2);
    assertThat(err.toString()).contains("1 permutations of 9 tiles: there must be 2 at least");
    assertThat(run("pretrain", "jigsaw", "--side", "12", "--out", run)).isEqualTo(2);
    assertThat(err.toString()).contains("side is 12: cells of 3 pixels are too small");
  }

  @Test
  void clustersThatTheDataCannotFillAreRefused() {
    String run = folder.resolve("run").toString();
    assertThat(run("pretrain", "deep-cluster", "--clusters", "5000", "--out", run)).isEqualTo(2);
    assertThat(err.toString()).contains("clusters is 5000 but there are only 1");
    assertThat(run("transfer", "--from", "hog", "--clusters", "5000", "--out", run)).isEqualTo(2);
    assertThat(err.toString()).contains("clusters is 5000 but there are only 1");
    assertThat(run("transfer", "--from", "/no/such/file", "--out", run)).isEqualTo(2);
    assertThat(err.toString())
        .contains("--from is '/no/such/file': it must be 'hog' or a file that exists");
  }

  @Test
  void anEncoderLearnsTheClustersOfHistogramsAndAnotherThoseOfItsFeatures() {
    Path run = folder.resolve("hog");
    String[] small = {"--side", "16", "--epochs", "1", "--batch", "256", "--clusters", "10"};
    String[] hog = {"transfer", "--from", "hog", "--out", run.toString()};
    assertThat(run(with(hog, small))).as(err.toString()).isEqualTo(0);
    assertThat(out.toString()).contains("10 clusters of 36 features of hog").contains("untrained");
    out.getBuffer().setLength(0);
    assertThat(run(with(hog, small))).isNotZero(); // before anything is clustered
    assertThat(err.toString()).contains("already holds a run");
    assertThat(out.toString()).doesNotContain("clusters of");
    assertThat(run(with(with(hog, small), "--resume"))).as(err.toString()).isEqualTo(0);
    String encoder = run.resolve("encoder.safetensors").toString();
    String second = folder.resolve("second").toString();
    String[] other = {"transfer", "--from", encoder, "--encoder", "VIT_TINY", "--out", second};
    assertThat(run(with(other, small))).as(err.toString()).isEqualTo(0);
    assertThat(out.toString()).contains("10 clusters of 128 features of " + encoder);
    String third = folder.resolve("third").toString();
    String[] larger = {"transfer", "--from", encoder, "--side", "128", "--out", third};
    assertThat(run(larger)).isEqualTo(2); // has another stem
    assertThat(err.toString()).contains("are of none of the encoders").contains("side 128");
  }

  @Test
  void theSchedulesOfDinosPaperCanBeAskedFor() throws IOException {
    Path run = folder.resolve("dino");
    String[] small = {"--side", "16", "--epochs", "1", "--batch", "512", "--local-crops", "1"};
    String[] dino = {"pretrain", "dino", "--paper-schedules", "--out", run.toString()};
    assertThat(run(with(dino, small))).as(err.toString()).isEqualTo(0);
    JsonNode settings = new ObjectMapper().readTree(run.resolve("run.json").toFile());
    JsonNode options = settings.at("/settings/task/options");
    assertThat(options.at("/teacherMomentum/start").asDouble()).isEqualTo(0.996);
    assertThat(options.at("/teacherTemperature/end").asDouble()).isEqualTo(0.07);
    assertThat(options.at("/frozenEpochs").asInt()).isEqualTo(1);
    JsonNode optimizer = settings.at("/settings/plan/optimizer");
    assertThat(optimizer.at("/type").asText()).isEqualTo("ScheduledAdamW");
    assertThat(optimizer.at("/weightDecay/end").asDouble()).isEqualTo(0.4);
  }

  private static String[] with(String[] arguments, String... more) {
    return Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void anUnknownEncoderIsExplained() {
    String run = folder.resolve("run").toString();
    assertThat(run("pretrain", "simclr", "--encoder", "alexnet", "--out", run)).isEqualTo(2);
    assertThat(err.toString()).contains("alexnet").contains("NARROW18").contains("VIT_TINY");
  }

  @Test
  void badNumbersAreExplained() {
    String run = folder.resolve("run").toString();
    assertThat(run("pretrain", "rotation", "--epochs", "0", "--out", run)).isEqualTo(2);
    assertThat(err.toString()).contains("epochs is 0: it must be at least 1");
    assertThat(run("pretrain", "rotation", "--batch", "5000", "--out", run)).isEqualTo(2);
    assertThat(err.toString()).contains("batchSize is 5000").contains("choose a batch");
    assertThat(run("pretrain", "mae", "--side", "30", "--out", run)).isEqualTo(2);
    assertThat(err.toString()).contains("image side 30 is not a multiple of the patch size 4");
    assertThat(run("pretrain", "moco", "--batch", "63", "--out", run)).isEqualTo(2);
    assertThat(err.toString()).contains("batchSize is 63 and splits is 2");
    assertThat(run("pretrain", "instance", "--negatives", "1654", "--out", run)).isEqualTo(2);
    assertThat(err.toString()).contains("negatives is 1654, the bank holds 1653 images");
    assertThat(run("pretrain", "instance", "--bank-momentum", "1", "--out", run)).isEqualTo(2);
    assertThat(err.toString()).contains("bankMomentum is 1.0: it must be at least 0 and below 1");
  }

  @Test
  void aFolderOfImagesIsTrainedOnAndScored() throws IOException {
    HandPhotos.write(folder.resolve("photos"), 200);
    Path run = folder.resolve("run");
    int code =
        run(
            "pretrain",
            "rotation",
            "--data",
            folder.resolve("photos").toString(),
            "--side",
            "16",
            "--epochs",
            "1",
            "--batch",
            "32",
            "--out",
            run.toString());
    assertThat(code).as(err.toString()).isEqualTo(0);
    assertThat(run.resolve("encoder.safetensors")).isNotEmptyFile();
    assertThat(run.resolve("pictures/views.png")).isNotEmptyFile();
    JsonNode summary = new ObjectMapper().readTree(run.resolve("summary.json").toFile());
    for (String row : new String[] {"raw_pixels", "untrained", "pretrained"}) {
      assertThat(summary.at("/" + row + "/knn").asDouble()).isBetween(0.0, 1.0);
      assertThat(summary.at("/" + row + "/linear").asDouble()).isBetween(0.0, 1.0);
    }
    assertThat(out.toString()).contains("raw_pixels").contains("pretrained");
    String[] again = {
      "pretrain", "rotation", "--data", folder.resolve("photos").toString(), "--out", run.toString()
    };
    assertThat(run(again)).isEqualTo(1);
    assertThat(err.toString()).contains("already holds a run: resume it, or choose another folder");
  }
}
