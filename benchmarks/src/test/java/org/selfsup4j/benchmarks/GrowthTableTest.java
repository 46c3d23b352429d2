package org.selfsup4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.tensor.Precision;

/** The arithmetic of the table on made-up figures. */
class GrowthTableTest {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final EpochTiming EPOCHS = new EpochTiming("made-up", 32, 16, List.of(2.0, 1.9));
  private static final LongRun LONG = new LongRun("made-up", 4, 1000, 300, 301, 20.25, 20.5);

  private static final TurnTiming SPEED =
      new TurnTiming(
          "made-up",
          "onednn",
          Precision.BFLOAT16,
          2,
          List.of(new TurnTiming.Row(16, 160), new TurnTiming.Row(32, 250)));

  private static GrowthTable table(GrowthTable.Row... rows) {
    return new GrowthTable("made-up (onednn, 2 threads)", List.of(rows), EPOCHS, LONG);
  }

  @Test
  void memoryIsALineThroughThePeaks() {
    GrowthTable table =
        table(
            new GrowthTable.Row(16, 100, 160, 280),
            new GrowthTable.Row(32, 100, 320, 360),
            new GrowthTable.Row(64, 100, 640, 520));
    assertThat(table.megabytesPerImage()).isCloseTo(5, within(1e-9));
    assertThat(table.fixedMegabytes()).isCloseTo(200, within(1e-9));
  }

  @Test
  void theLineIsTheOneOfLeastSquares() {
    GrowthTable table =
        table(
            new GrowthTable.Row(1, 100, 10, 0),
            new GrowthTable.Row(2, 100, 20, 3),
            new GrowthTable.Row(3, 100, 30, 3));
    assertThat(table.megabytesPerImage()).isCloseTo(1.5, within(1e-9));
    assertThat(table.fixedMegabytes()).isCloseTo(-1, within(1e-9));
  }

  @Test
  void smallBatchesMayBeSlow() {
    GrowthTable table =
        table(
            new GrowthTable.Row(16, 50, 320, 280),
            new GrowthTable.Row(32, 95, 337, 360),
            new GrowthTable.Row(64, 100, 640, 520));
    assertThat(table.spread()).isCloseTo(0.05, within(1e-9));
    assertThat(table(new GrowthTable.Row(4, 1, 1, 1), new GrowthTable.Row(8, 2, 1, 2)).spread())
        .isZero();
  }

  @Test
  void theMarkdownHoldsTableAndWords() {
    String text =
        table(new GrowthTable.Row(16, 102.04, 156.8, 280), new GrowthTable.Row(32, 100, 320, 360))
            .toMarkdown();
    assertThat(text)
        .isEqualTo(
            """
            ### made-up (onednn, 2 threads)

            | images in a step | images/s | step, ms | peak memory, MB |
            |--:|--:|--:|--:|
            | 16 | 102.0 | 156.8 | 280 |
            | 32 | 100.0 | 320.0 | 360 |

            - Memory: 200 MB and 5.00 MB for each image of the batch.
            - Speed: the slowest batch from 32 images on is 0.0% behind the fastest.
            - Epochs of 16 steps of 32 images with the loader: the first 2.00 s, the second 1.90 s (-5.0%).
            - 1,000 steps of 4 images: 300 MB after step 100, 301 MB at the end; 20.25 ms a step in the first half, 20.50 ms in the second.
            """);
  }

  @Test
  void oneBatchShowsNoGrowth() {
    assertThatThrownBy(() -> table(new GrowthTable.Row(16, 1, 1, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("1 batches do not show a growth: measure at least 2");
  }

  @Test
  void linesOfJsonAreReadAsTheyWereWritten() throws JsonProcessingException {
    assertThat(LongRun.of(MAPPER.readTree(LONG.toJson()))).isEqualTo(LONG);
    assertThat(EpochTiming.of(MAPPER.readTree(EPOCHS.toJson()))).isEqualTo(EPOCHS);
    assertThat(TurnTiming.of(MAPPER.readTree(SPEED.toJson()))).isEqualTo(SPEED);
  }

  @Test
  void speedsInTurnAndPeaksMakeTheRows() {
    GrowthTable table = GrowthTable.of(SPEED, List.of(280L, 360L), EPOCHS, LONG);
    assertThat(table.setting()).isEqualTo("made-up (onednn, bfloat16, 2 threads)");
    assertThat(table.rows())
        .containsExactly(
            new GrowthTable.Row(16, 100, 160, 280), new GrowthTable.Row(32, 128, 250, 360));
    assertThatThrownBy(() -> GrowthTable.of(SPEED, List.of(280L), EPOCHS, LONG))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("2 batches have a speed, but 1 have a peak");
  }
}
