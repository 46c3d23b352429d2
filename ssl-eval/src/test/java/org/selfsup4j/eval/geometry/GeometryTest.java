package org.selfsup4j.eval.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.selfsup4j.core.task.Collapse;
import org.selfsup4j.eval.features.Features;
import org.selfsup4j.eval.features.Labels;
import org.selfsup4j.eval.features.Matrix;
import org.selfsup4j.testkit.golden.Fill;
import org.selfsup4j.testkit.golden.GoldenFile;
import org.selfsup4j.testkit.golden.GoldenNode;
import org.selfsup4j.testkit.golden.ReadsGolden;
import org.selfsup4j.testkit.golden.Tolerance;

@ReadsGolden(
    value = "evaluation.json",
    cases = {"rankme", "alignment_uniformity"})
class GeometryTest {

  @Test
  void rankMeetsTheReference(GoldenFile file) {
    GoldenNode rank = file.at("rankme");
    double[] z = rank.filled("rank.z").values();
    double[] scales = rank.at("d").numbers();
    float[] floats = new float[z.length];
    for (int i = 0; i < z.length; i++) {
      z[i] *= scales[i % 12];
      floats[i] = (float) z[i];
    }

    rank.at("rankme").assertNumber(Collapse.effectiveRank(z, 40, 12), Tolerance.DOUBLE);
    RankMe measured = RankMe.of(features(floats, 40, 12));
    rank.at("rankme").assertNumber(measured.effectiveRank(), Tolerance.FLOAT);
    assertThat(measured).hasToString("5.2 of 12: RankMe; reference; 40 samples of rows");
    assertThat(RankMe.of(features(floats, 40, 12), 7))
        .extracting(RankMe::samples, m -> m.effectiveRank() < 7)
        .containsExactly(7, true);
  }

  /** The values of {@code collapse_monitor} in simsiam.json, whose losses are SimSiam's to test. */
  @Test
  void theSpreadOfEmbeddingsMeetsTheReference() {
    Collapse small = Collapse.of(Fill.doubles("n2d4.z1", new long[] {2, 4}, 1, 0), 2, 4);
    Collapse large = Collapse.of(Fill.doubles("n5d7.z1", new long[] {5, 7}, 1, 0), 5, 7);

    assertThat(small.deviation()).isCloseTo(0.323401053, within(1e-9));
    assertThat(large.deviation()).isCloseTo(0.331190188, within(1e-9));
  }

  @Test
  void alignmentAndUniformityMeetTheReference(GoldenFile file) {
    GoldenNode reference = file.at("alignment_uniformity");
    float[] x = reference.filled("align.x").floats();
    double[] noise = reference.filled("align.noise").values();
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = (float) (x[i] + noise[i]);
    }

    AlignmentUniformity measured = AlignmentUniformity.of(features(x, 10, 6), features(y, 10, 6));

    reference.at("alignment").assertNumber(measured.alignment(), Tolerance.FLOAT);
    reference.at("uniformity_x").assertNumber(measured.uniformity(), Tolerance.FLOAT);
    assertThat(measured.toString())
        .isEqualTo("alignment 0.2077, uniformity -2.9415 (squared distance, t = 2; 10 samples)");
  }

  @Test
  void equalFeaturesAreAlignedAndNotUniform() {
    Features same = features(new float[] {1, 2, 2, 4, 3, 6}, 3, 2);

    AlignmentUniformity measured = AlignmentUniformity.of(same, same);

    assertThat(measured.alignment()).isZero();
    assertThat(measured.uniformity()).isCloseTo(0, within(1e-12));
    assertThatThrownBy(() -> AlignmentUniformity.of(same, features(new float[6], 2, 3)))
        .hasMessageContaining("[3, 2] and [2, 3]");
    Features one = features(new float[2], 1, 2);
    assertThatThrownBy(() -> AlignmentUniformity.of(one, one)).hasMessageContaining("1 sample");
  }

  private static Features features(float[] rows, int samples, int width) {
    return Features.of(
        Matrix.of(samples, width, rows), Labels.of(new int[samples]), "reference", "rows");
  }
}
