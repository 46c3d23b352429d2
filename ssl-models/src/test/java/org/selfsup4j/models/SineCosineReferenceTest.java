package org.selfsup4j.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.module.SineCosine;
import org.selfsup4j.testkit.golden.GoldenFile;
import org.selfsup4j.testkit.golden.GoldenNode;
import org.selfsup4j.testkit.golden.ReadsGolden;
import org.selfsup4j.testkit.golden.Tolerance;

/** Fixed positions against those of MAE's code. */
@ReadsGolden("sincos-2d.json")
class SineCosineReferenceTest {

  @Test
  void tablesAreThoseOfMae(GoldenFile file) {
    for (GoldenNode example : file.cases("cases")) {
      int width = example.at("dim").integer();
      int grid = example.at("grid").integer();
      boolean classToken = example.at("class_token").flag();
      double[] table = SineCosine.table(width, grid, grid, classToken);
      example.at("table").tensor().assertMatches(table, Tolerance.DOUBLE);
      if (example.has("rows")) {
        for (GoldenNode row : example.at("rows").items()) {
          int from = row.at("row").integer() * width;
          row.at("values")
              .tensor()
              .assertMatches(Arrays.copyOfRange(table, from, from + width), Tolerance.DOUBLE);
        }
      }
    }
  }

  @Test
  void aGridNeedNotBeSquare() {
    double[] square = SineCosine.table(8, 5, 5, false);
    double[] wide = SineCosine.table(8, 2, 5, false); // the first two rows of the square one
    assertThat(wide).isEqualTo(Arrays.copyOf(square, 2 * 5 * 8));
  }

  @Test
  void widthMustServeSinesAndCosinesOfTwoAxes() {
    assertThatThrownBy(() -> SineCosine.table(30, 4, 4, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("width 30 is not a multiple of 4");
  }
}
