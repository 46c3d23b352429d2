package org.selfsup4j.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.kernel.TimedKernels.Detail;
import org.selfsup4j.core.kernel.TimedKernels.Line;
import org.selfsup4j.core.memory.ElementType;

/** The arithmetic of a breakdown on made-up numbers, and what a tiny run writes. */
class BreakdownTest {

  private static final Offset<Double> EXACTLY = within(1e-9);

  @TempDir Path temporary;

  /** Two steps of 100 ms each, of which 60 in products, 30 in others and 10 in Java. */
  private static Breakdown madeUp() {
    return new Breakdown(
        "onednn",
        2,
        2,
        200,
        16,
        new PeakRates(Map.of(ElementType.FLOAT, 200.0, ElementType.DOUBLE, 50.0), 32),
        List.of(
            new Line("matmul", ElementType.FLOAT, "3x4 4x5 3x5", 4, 90, 2_000_000, 16),
            new Line("matmul", ElementType.DOUBLE, "3x4 4x5 3x5", 2, 30, 1_000_000, 1),
            new Line("unary relu", ElementType.FLOAT, "3x5 3x5", 6, 60, 640_000_000, 0)),
        Map.of("matmul brgemm", 6L, "unary jit", 6L));
  }

  @Test
  void theFloorIsCountedOperationsAtThePeakOfTheirType() {
    // 8 GFLOP a step at 200 a second, and half of one at 50
    assertThat(madeUp().floorMillis()).isCloseTo(40 + 10, EXACTLY);
    assertThat(madeUp().gflop()).isCloseTo(8.5, EXACTLY);
  }

  @Test
  void theRestIsSharedOut() {
    Breakdown breakdown = madeUp();
    assertThat(breakdown.millis()).isCloseTo(100, EXACTLY);
    assertThat(breakdown.productMillis()).isCloseTo(60, EXACTLY);
    assertThat(breakdown.otherMillis()).isCloseTo(30, EXACTLY);
    assertThat(breakdown.outsideMillis()).isCloseTo(10, EXACTLY);
    assertThat(breakdown.otherMegabytes()).isCloseTo(320, EXACTLY);
    assertThat(breakdown.otherFloorMillis()).isCloseTo(10, EXACTLY);
  }

  @Test
  void theTextSaysAllOfItForOneStep() {
    assertThat(madeUp().toText().lines())
        .contains(
            "2 steps after 2 of warm-up: onednn, 2 threads",
            "floor                             50.0   8.5 GFLOP at the peak",
            "measured                         100.0   the floor is 50% of it",
            "  products, convolutions          60.0   10.0 above the floor",
            "  other operations                30.0   320 MB, 10.0 ms at the speed of a copy",
            "  outside the kernels             10.0   Java: tape, memory, task",
            "between the steps                  8.0   batches, logs, checkpoints",
            "  ms/step  share    calls        MB    GB/s    GFLOP  GFLOP/s  operation",
            "   45.000  45.0%      2.0      1.00     0.0     8.00      178  matmul float 3x4 4x5 3x5",
            "   30.000  30.0%      3.0    320.00    10.7                    unary relu float 3x5 3x5",
            "        6  matmul brgemm");
  }

  @Test
  void theJsonHasTheSameFigures() {
    JsonNode json = madeUp().toJson();
    assertThat(json.at("/floor_ms").asDouble()).isCloseTo(50, EXACTLY);
    assertThat(json.at("/step_ms").asDouble()).isCloseTo(100, EXACTLY);
    assertThat(json.at("/between_steps_ms").asDouble()).isCloseTo(8, EXACTLY);
    assertThat(json.at("/peak/float_gflop_per_second").asDouble()).isEqualTo(200);
    assertThat(json.at("/operations/0/gflop_per_second").asDouble()).isCloseTo(16e3 / 90, EXACTLY);
    assertThat(json.at("/operations/2/gb_per_second").asDouble()).isCloseTo(64 / 6.0, EXACTLY);
    assertThat(json.at("/operations/2/gflop").isMissingNode()).isTrue();
    assertThat(json.at("/served/unary jit").asLong()).isEqualTo(6);
  }

  @Test
  void aUsersWordChoosesTheDetail() {
    assertThat(Breakdown.detail("true")).contains(Detail.OPERATIONS);
    assertThat(Breakdown.detail("Operations")).contains(Detail.OPERATIONS);
    assertThat(Breakdown.detail("shapes")).contains(Detail.SHAPES);
    assertThat(Breakdown.detail("false")).isEmpty();
    assertThat(Breakdown.detail(null)).isEmpty();
    assertThatThrownBy(() -> Breakdown.detail("fine"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("breakdown is 'fine': choose operations or shapes");
  }

  @Test
  void aRunWritesWhereItsTimeWent() throws IOException {
    Kernels kernels = KernelSets.open("nd4j");
    Path folder = temporary.resolve("run");
    Pretraining.of(TinyTask.of(8), TinyTask.images(), TrainingPlan.of(1, 8)) // 8 steps
        .withKernels(kernels)
        .withLoader(1, 0)
        .withBreakdown(Detail.SHAPES)
        .run(folder);

    JsonNode json = new ObjectMapper().readTree(folder.resolve("breakdown.json").toFile());
    assertThat(json.at("/steps").asLong()).isEqualTo(8 - StepClock.WARM_UP);
    assertThat(json.at("/kernels").asText()).isEqualTo("nd4j");
    JsonNode convolution = null;
    for (JsonNode operation : json.at("/operations")) {
      if (operation.at("/operation").asText().equals("convolutionWeights")) {
        convolution = operation;
      }
    }
    assertThat(convolution).as(json.toPrettyString()).isNotNull();
    assertThat(convolution.at("/calls").asDouble()).isEqualTo(1);
    assertThat(convolution.at("/shapes").asText()).isEqualTo("8x3x8x8 8x8x8x8 8x3x3x3");
    double gflop = 2.0 * (8 * 8 * 8 * 8) * (3 * 3 * 3) / 1e9;
    assertThat(convolution.at("/gflop").asDouble()).isCloseTo(gflop, within(1e-15));
    assertThat(json.at("/step_ms").asDouble())
        .isGreaterThan(json.at("/products_ms").asDouble() + json.at("/others_ms").asDouble());
    assertThat(json.at("/served")).isNotEmpty();
    assertThat(Files.readString(folder.resolve("breakdown.txt")))
        .contains("6 steps after 2 of warm-up: nd4j", "8x3x8x8 8x8x8x8 8x3x3x3");
  }

  @Test
  void aRunThatIsNotAskedWritesNone() {
    Path folder = temporary.resolve("run");
    Pretraining.of(TinyTask.of(8), TinyTask.images(), TrainingPlan.of(1, 32))
        .withKernels(KernelSets.open("nd4j"))
        .withLoader(1, 0)
        .run(folder);
    assertThat(folder.resolve("breakdown.txt")).doesNotExist();
    assertThat(folder.resolve("breakdown.json")).doesNotExist();
  }
}
