package org.selfsup4j.testkit.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

@ReadsGolden("fill.json")
class FillTest {

  @Test
  void fillsExactlyAsTheReferenceDoes(GoldenFile file) {
    assertThat(file.cases("fill")).hasSize(6);
    for (GoldenNode example : file.cases("fill")) {
      String name = example.at("name").text();
      long[] shape = example.at("shape").integers();
      double scale = example.at("scale").number();
      double base = example.at("base").number();
      long seed = Fill.seed(name);

      assertThat(hex(seed)).isEqualTo(example.at("seed_hex").text());
      for (int i = 0; i < example.at("z_hex").items().size(); i++) {
        assertThat(hex(Fill.bits(seed, i))).isEqualTo(example.at("z_hex").at(i).text());
      }
      assertThat(Fill.doubles(name, shape, scale, base))
          .containsExactly(example.at("double").numbers());
      assertThat(Fill.rounded(name, shape, scale, base))
          .containsExactly(example.at("float32").numbers());
      float[] floats = Fill.floats(name, shape, scale, base);
      for (int i = 0; i < floats.length; i++) {
        assertThat((double) floats[i]).isEqualTo(example.at("float32").numbers()[i]);
      }
    }
  }

  @Test
  void fillsWholeNumbersAsTheReferenceDoes(GoldenFile file) {
    for (GoldenNode example : file.cases("ints")) {
      assertThat(
              Fill.ints(
                  example.at("name").text(),
                  example.at("shape").integers(),
                  example.at("low").integer(),
                  example.at("high").integer()))
          .containsExactly(example.at("values").integers());
    }
  }

  @Test
  void isTheFormulaOfTheDocumentation() {
    assertThat(hex(Fill.seed("example"))).isEqualTo("430b1483c8d66041");
    assertThat(Fill.doubles("example", new long[] {2, 4}, 1, 0))
        .startsWith(
            -0.5645279884338379, -0.575767993927002, -0.38861191272735596, -0.3222399950027466);
    assertThat(Fill.doubles("scalar", new long[0], 1, 0)).hasSize(1);
  }

  @Test
  void refusesAnEmptyRangeOfWholeNumbers() {
    assertThatThrownBy(() -> Fill.ints("labels", new long[] {3}, 5, 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("low 5 and high 5");
  }

  private static String hex(long bits) {
    return String.format("%016x", bits);
  }
}
