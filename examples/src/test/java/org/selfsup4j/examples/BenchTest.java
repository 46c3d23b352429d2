package org.selfsup4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.selfsup4j.benchmarks.GrowthTable;
import picocli.CommandLine.ExitCode;

/** What {@code bench} and {@code jmh} understand, refuse and print. */
class BenchTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return SelfSup.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  private void refused(String why, String... arguments) {
    assertThat(run(arguments)).as(err.toString()).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains(why);
  }

  @Test
  void unknownNamesAreRefusedWithWhatExists() {
    refused(
        "no workload named 'vgg': choose one of [mae-vit-tiny-32", "bench", "--workload", "vgg");
    refused("no workload named 'resnet'", "bench", "--growth", "--workload", "resnet");
    refused("no kernels named 'mkl'", "bench", "--workload", "mae-vit-tiny-32", "--kernels", "mkl");
    refused("Invalid value for option '--precision'", "bench", "--precision", "float16");
    refused("OPERATIONS, SHAPES", "bench", "--breakdown", "layers");
    refused("--kernels is 'mkl': choose onednn, nd4j or both", "jmh", "--kernels", "mkl");
  }

  @Test
  void numbersOutOfRangeAreExplained() {
    String name = "mae-vit-tiny-32";
    refused("steps is 0: it must be at least 1", "bench", "--workload", name, "--steps", "0");
    refused("batch is 1: it must be at least 2", "bench", "--workload", name, "--batch", "1");
    refused("batch is 1: it must", "bench", "--workload", name, "--batches", "8,1");
    refused("steps is 0: it must", "bench", "--workload", name, "--batches", "8", "--steps", "0");
    refused("'many' is not an int", "bench", "--workload", name, "--batch", "many");
    refused("epochs is 1: it takes at least 2", "bench", "--workload", name, "--epochs", "1");
    refused("a long run of 10 steps", "bench", "--workload", name, "--long", "10");
  }

  @Test
  void whatExcludesEachOtherIsRefused() {
    refused("mutually exclusive", "bench", "--growth", "--breakdown");
    refused("--loaders has its own batches", "bench", "--loaders", "--batch", "8");
    refused("--loaders has its own batches", "bench", "--loaders", "--precision", "bfloat16");
    refused("--growth chooses its own batches", "bench", "--growth", "--batch", "8");
    refused("mutually exclusive", "bench", "--growth", "--batches", "8,16");
    refused("--batches names all batches [8, 16]", "bench", "--batches", "8,16", "--batch", "8");
  }

  @Test
  void aBreakdownStandsBesideTheLine() throws IOException {
    int status =
        run(
            "bench",
            "--workload",
            "mae-vit-tiny-32",
            "--batch",
            "2",
            "--steps",
            "1",
            "--breakdown",
            "shapes");
    assertThat(status).as(err.toString()).isZero();
    JsonNode line = new ObjectMapper().readTree(out.toString());
    assertThat(line.at("/workload").asText()).isEqualTo("mae-vit-tiny-32");
    assertThat(line.at("/images").asInt()).isEqualTo(2);
    assertThat(line.at("/first_step_ms_since_start").asLong()).isPositive();
    // 2 images, 16 of 64 patches and a class token, q k v of width 192
    assertThat(err.toString()).contains("floor", "measured", "matmul float 34x192 192x576 34x576");
  }

  @Test
  void batchesInTurnAreOneLine() throws IOException {
    int status = run("bench", "--workload", "mae-vit-tiny-32", "--batches", "2,4", "--steps", "1");
    assertThat(status).as(err.toString()).isZero();
    JsonNode line = new ObjectMapper().readTree(out.toString());
    assertThat(line.at("/batches/0/images").asInt()).isEqualTo(2);
    assertThat(line.at("/batches/1/images").asInt()).isEqualTo(4);
  }

  @Test
  void growthHasSpeedsOfOneProcessAndPeaksOfSeveral() {
    List<String> asked = new ArrayList<>();
    Growth growth =
        new Growth(
            arguments -> {
              asked.add(String.join(" ", arguments));
              String images = arguments.get(3);
              String line =
                  switch (arguments.get(arguments.size() - 4)) { // before "--kernels onednn"
                    case "--epochs" ->
                        "{'workload':'w','images':32,'steps':16,'epoch_seconds':[2.5,2.5]}";
                    case "--long" ->
                        "{'workload':'w','images':4,'steps':1000,'rss_mb_step_100':250,"
                            + "'rss_mb_end':250,'first_half_step_ms':9,'second_half_step_ms':9}";
                    default ->
                        images.contains(",")
                            ? speeds(images)
                            : "{'peak_rss_mb':" + (300 + 2 * Integer.parseInt(images)) + "}";
                  };
              return line.replace('\'', '"');
            });
    GrowthTable table = growth.measure("w", 3, List.of("--kernels", "onednn"));

    assertThat(table.megabytesPerImage()).isCloseTo(2, within(1e-9));
    assertThat(table.rows()).extracting(GrowthTable.Row::images).isEqualTo(Growth.BATCHES);
    assertThat(table.toMarkdown()).startsWith("### w (onednn, float32, 2 threads)");
    assertThat(table.rows())
        .extracting(GrowthTable.Row::stepMillis)
        .containsExactly(160.0, 320.0, 640.0, 1280.0, 2560.0);
    assertThat(asked)
        .containsExactly(
            "--workload w --batches 16,32,64,128,256 --steps 3 --kernels onednn",
            "--workload w --batch 16 --steps 2 --kernels onednn",
            "--workload w --batch 32 --steps 2 --kernels onednn",
            "--workload w --batch 64 --steps 2 --kernels onednn",
            "--workload w --batch 128 --steps 2 --kernels onednn",
            "--workload w --batch 256 --steps 2 --kernels onednn",
            "--workload w --batch 32 --epochs 2 --kernels onednn",
            "--workload w --batch 2 --long 1000 --kernels onednn");
  }

  private static String speeds(String batches) {
    return Stream.of(batches.split(",", -1))
        .map(n -> "{'images':" + n + ",'step_ms':" + 10 * Integer.parseInt(n) + "}")
        .collect(
            Collectors.joining(
                ",",
                "{'workload':'w','kernels':'onednn','precision':'float32','threads':2,'batches':[",
                "]}"));
  }

  @Test
  void epochsAloneGetTheOptimisingCompiler() {
    List<String> options = List.of("-Xms64m", "-XX:TieredStopAtLevel=1");
    assertThat(BenchProcess.command(options, List.of("--steps", "3"))).containsAll(options);
    assertThat(BenchProcess.command(options, List.of("--epochs", "2")))
        .contains("-Xms64m", "--epochs")
        .doesNotContain("-XX:TieredStopAtLevel=1");
  }

  @Test
  void aMeasurementThatFailsIsNamed() {
    assertThatThrownBy(() -> BenchProcess.run(List.of("--workload", "vgg")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "'selfsup bench --workload vgg' ended with status 2 and printed 0 lines: run it alone"
                + " to see why");
  }
}
