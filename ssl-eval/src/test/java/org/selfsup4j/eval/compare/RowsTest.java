package org.selfsup4j.eval.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.selfsup4j.core.format.CorruptFileException;
import org.selfsup4j.core.module.Linear;
import org.selfsup4j.core.random.RandomStream;

class RowsTest {

  private static final Setting SETTING = new Setting("some", "others", 2, 64, 1, 7);

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("rows.json");
  }

  private static Row row(String task, double knn, Double finetuned) {
    return new Row(
        task,
        knn,
        0.5,
        0.3,
        0.4,
        0.25,
        finetuned,
        finetuned,
        120.5,
        6400,
        "NARROW18",
        "abc",
        96,
        "some",
        "others",
        2,
        64,
        1,
        7,
        "selfsup compare");
  }

  @Test
  void rowsAreReadAsTheyWereWritten() throws IOException {
    Rows rows = Rows.open(file, SETTING);
    assertThat(rows.rows()).isEmpty();
    rows = rows.with(row("moco", 0.75, null));
    rows = rows.with(row("mae", 1, 0.625));
    assertThat(Rows.open(file, SETTING)).isEqualTo(rows);
    assertThat(rows.row("mae").orElseThrow().finetuned()).isEqualTo(0.625);
    assertThat(rows.row("dino")).isEmpty();
    assertThat(Files.readString(file))
        .startsWith("[ {")
        .contains("\"untrained_knn\" : 0.3", "\"weights_hash\" : \"abc\"", "\"seconds\" : 120.5")
        .containsOnlyOnce("\"untrained_finetuned\"");
  }

  @Test
  void theTableHoldsAllRows() {
    String table = Rows.open(file, SETTING).with(row("moco", 0.75, null)).toString();
    assertThat(table.lines().filter(line -> line.startsWith("moco ")).findFirst().orElseThrow())
        .matches("moco +0.750 +0.500 +0.300 +0.400 +0.250 +6400 +121");
    assertThat(table)
        .contains("2.0 minutes of training each, batch 64, 1 threads, seed 7")
        .contains("one standard error is at most 0.050 (96 test samples)"); // sqrt(.25 / 100)
  }

  @Test
  void aTaskHasOneRow() {
    Rows rows = Rows.open(file, SETTING).with(row("moco", 0.75, null));
    assertThatThrownBy(() -> rows.with(row("moco", 0.5, null)))
        .hasMessage("there is a row of moco already");
  }

  @Test
  void anotherSettingIsRefusedWithAllThatDiffers() {
    Rows.open(file, SETTING).with(row("moco", 0.75, null));
    assertThatThrownBy(() -> Rows.open(file, new Setting("some", "others", 3, 64, 1, 8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("(minutes: 2.0 there, 3.0 now; seed: 7 there, 8 now)");
    assertThatThrownBy(() -> Rows.open(file, new Setting("all", "others", 2, 32, 2, 7)))
        .hasMessageContaining("train: some there, all now; batch: 64 there, 32 now; threads");
  }

  @Test
  void aFileCutAnywhereIsRefused() throws IOException {
    Rows.open(file, SETTING).with(row("moco", 0.75, null)).with(row("mae", 0.5, 0.25));
    String whole = Files.readString(file);
    for (int length = 0; length < whole.strip().length(); length += 7) {
      Files.writeString(file, whole.substring(0, length));
      assertThatThrownBy(() -> Rows.open(file, SETTING))
          .as("cut after %s characters", length)
          .isInstanceOf(CorruptFileException.class)
          .hasMessageContaining("rows.json, rows: is not the array of rows");
    }
  }

  @Test
  void whatIsNoRowIsRefused() throws IOException {
    Rows.open(file, SETTING).with(row("moco", 0.75, null));
    String whole = Files.readString(file);
    String[] damaged = {
      "{}",
      "[ null ]",
      whole + "[]",
      whole.replace("\"knn\" : 0.75,", ""),
      whole.replace("\"knn\" : 0.75", "\"knn\" : 1.75"),
      whole.replace("\"knn\" : 0.75", "\"knn\" : \"high\""),
      whole.replace("\"task\"", "\"tusk\""),
      whole.replace("\"linear\"", "\"knn\""),
      whole.replace("\"task\" : \"moco\",", ""),
      whole.strip().replaceAll("\\]$", "," + whole.strip().substring(1)),
    };
    for (String text : damaged) {
      Files.writeString(file, text);
      assertThatThrownBy(() -> Rows.open(file, SETTING))
          .as(text)
          .isInstanceOf(CorruptFileException.class);
    }
  }

  @Test
  void aSettingIsKeptFromTheFirstTimeOn() throws IOException {
    Path kept = folder.resolve("setting.json");
    SETTING.keepIn(kept);
    SETTING.keepIn(kept);
    assertThatThrownBy(() -> new Setting("some", "others", 2, 64, 1, 9).keepIn(kept))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("seed: 7 there, 9 now");
    Files.writeString(kept, "{\"train\":");
    assertThatThrownBy(() -> SETTING.keepIn(kept)).isInstanceOf(CorruptFileException.class);
    assertThatThrownBy(() -> new Setting("some", "others", Double.NaN, 64, 1, 9))
        .hasMessageContaining("minutes is NaN");
  }

  @Test
  void aHashTellsWeightsApart() {
    Linear one = Linear.of(3, 2, RandomStream.of(1));
    assertThat(WeightsHash.of(one))
        .matches("[0-9a-f]{64}")
        .isEqualTo(WeightsHash.of(Linear.of(3, 2, RandomStream.of(1))))
        .isNotEqualTo(WeightsHash.of(Linear.of(3, 2, RandomStream.of(2))));
    double[] bias = one.bias().orElseThrow().toDoubles();
    bias[1] += 1e-6;
    String before = WeightsHash.of(one);
    one.bias().orElseThrow().set(bias);
    assertThat(WeightsHash.of(one)).isNotEqualTo(before);
  }
}
