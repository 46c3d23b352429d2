package org.selfsup4j.eval.report;

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
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.selfsup4j.eval.report.Comparison.Row;

class ReportTest {

  private static Score score(String protocol, double value, String remarks) {
    return new Score(
        protocol, "an encoder", "8 rows", "4 rows", OptionalLong.empty(), value, 4, remarks);
  }

  private static Comparison comparison() {
    return new Comparison(
        List.of("knn", "linear"),
        List.of(
            new Row("raw_pixels", List.of(score("near", 0.25, ""), score("line", 0.5, ""))),
            new Row(
                "pretrained",
                List.of(
                    score("near", 0.75, "").withSeed(7), score("line", 1, "cut").withSeed(7)))));
  }

  @Test
  void aScorePrintsItsProtocolOnOneLine() {
    Score score =
        new Score(
            "weighted kNN, cosine, k=20, T=0.07",
            "pretrained ResNet",
            "1653 samples of a",
            "409 samples of b",
            OptionalLong.of(3),
            0.845,
            409,
            "2 test items could not be read");

    assertThat(score)
        .hasToString(
            "0.8450 +- 0.0180: weighted kNN, cosine, k=20, T=0.07; pretrained ResNet (seed 3);"
                + " train 1653 samples of a; test 409 samples of b;"
                + " 2 test items could not be read");
  }

  @Test
  void theStandardErrorIsThatOfAShareAndNeverNothing() {
    Score many = new Score("p", "e", "a", "b", OptionalLong.empty(), 0.9, 10_000, "");
    assertThat(many.standardError()).isCloseTo(Math.sqrt(0.9 * 0.1 / 10_000), within(1e-5));
    // 4 of 4 right: (4 + 2) / (4 + 4) = 3/4, sqrt(3/4 1/4 / 8)
    assertThat(score("p", 1, "").standardError()).isCloseTo(Math.sqrt(3 / 128.0), within(1e-12));
  }

  @Test
  void aTableIsAlignedAndSaysWhatItIs() {
    assertThat(comparison().toString())
        .isEqualTo(
            """
                                    knn           linear
            raw_pixels   0.250 +- 0.171   0.500 +- 0.177
            pretrained   0.750 +- 0.171   1.000 +- 0.153

            knn: near
            linear: line
            raw_pixels: an encoder
            pretrained: an encoder
            train: 8 rows
            test: 4 rows
            seed: 7
            +- is one standard error
            pretrained linear: cut""");
  }

  @Test
  void jsonHoldsValuesByRowAndColumn(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("summary.json");

    comparison().writeJson(file, Map.of("seconds", 12.5));

    JsonNode json = new ObjectMapper().readTree(Files.readString(file));
    assertThat(json.at("/raw_pixels/knn").doubleValue()).isEqualTo(0.25);
    assertThat(json.at("/pretrained/linear").doubleValue()).isEqualTo(1);
    assertThat(json.at("/standard_errors/pretrained/linear").doubleValue()).isEqualTo(0.153093);
    assertThat(json.at("/protocols/knn").textValue()).isEqualTo("near");
    assertThat(json.at("/encoders/pretrained").textValue()).isEqualTo("an encoder");
    assertThat(json.at("/train").textValue()).isEqualTo("8 rows");
    assertThat(json.at("/test_samples").intValue()).isEqualTo(4);
    assertThat(json.at("/seed").longValue()).isEqualTo(7);
    assertThat(json.at("/seconds").doubleValue()).isEqualTo(12.5);
    assertThat(json.at("/remarks/pretrained linear").textValue()).isEqualTo("cut");
    assertThat(new ObjectMapper().readTree(comparison().toJson()).has("seconds")).isFalse();
  }

  @Test
  void scoresAreFoundByName() {
    assertThat(comparison().score("pretrained", "knn").value()).isEqualTo(0.75);
    assertThatThrownBy(() -> comparison().score("pretrained", "knm"))
        .hasMessage(
            "no score of 'pretrained' by 'knm': rows are [raw_pixels, pretrained], columns are"
                + " [knn, linear]");
  }

  @Test
  void whatIsNoTableOrNoScoreIsRefused() {
    assertThatThrownBy(
            () ->
                new Comparison(
                    List.of("knn", "linear"), List.of(new Row("a", List.of(score("p", 0, ""))))))
        .hasMessage("row 'a' has 1 scores for [knn, linear]");
    assertThatThrownBy(() -> new Comparison(List.of(), List.of()))
        .hasMessageContaining("0 columns");
    assertThatThrownBy(() -> score("p", 1.5, "")).hasMessageContaining("value is 1.5");
    assertThatThrownBy(() -> score("p", Double.NaN, "")).hasMessageContaining("value is NaN");
    assertThatThrownBy(() -> new Score("p", "e", "a", "b", OptionalLong.empty(), 0, 0, ""))
        .hasMessageContaining("testSamples is 0");
  }
}
