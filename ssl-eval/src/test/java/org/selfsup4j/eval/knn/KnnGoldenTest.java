package org.selfsup4j.eval.knn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.eval.features.Features;
import org.selfsup4j.eval.features.Labels;
import org.selfsup4j.eval.features.Matrix;
import org.selfsup4j.testkit.golden.GoldenFile;
import org.selfsup4j.testkit.golden.GoldenNode;
import org.selfsup4j.testkit.golden.ReadsGolden;
import org.selfsup4j.testkit.golden.Tolerance;

@ReadsGolden(value = "evaluation.json", cases = "knn")
class KnnGoldenTest {

  private static final Kernels KERNELS = KernelSets.choose();

  @Test
  void meetsTheReference(GoldenFile file) {
    GoldenNode knn = file.at("knn");
    double[] centres = knn.filled("knn.centres").values();
    Features train = features(knn, "train", centres);
    Features test = features(knn, "test", centres);

    assertThat(knn.at("runs").items()).hasSize(3);
    for (GoldenNode run : knn.at("runs").items()) {
      WeightedKnn protocol = new WeightedKnn(run.at("k").integer(), run.at("temperature").number());
      assertThat(protocol.predict(train, test, KERNELS))
          .containsExactly(ints(run.at("predictions")));
      assertThat(protocol.score(train, test, KERNELS).value())
          .isCloseTo(run.at("top1").number(), within(1e-9));
      checkVotes(protocol, run, train, test);
    }
  }

  private static void checkVotes(
      WeightedKnn protocol, GoldenNode run, Features train, Features test) {
    Neighbours nearest = protocol.search(train, test, KERNELS);
    double[] first8 = new double[8 * 5];
    double smallest = Double.POSITIVE_INFINITY;
    int amongTwo = 0;
    for (int row = 0; row < test.samples(); row++) {
      double[] votes = protocol.votes(nearest, row, train.labels());
      double unit = Math.exp(nearest.similarity(row, 0) / protocol.temperature());
      double label = votes[test.labels().get(row)];
      double most = 0;
      double second = 0;
      int better = 0;
      for (int c = 0; c < 5; c++) {
        if (row < 8) {
          first8[row * 5 + c] = votes[c] * unit;
        }
        boolean before = votes[c] == label && c < test.labels().get(row);
        better += votes[c] > label || before ? 1 : 0;
        second = Math.max(second, Math.min(most, votes[c]));
        most = Math.max(most, votes[c]);
      }
      smallest = Math.min(smallest, (most - second) / most);
      amongTwo += better < 2 ? 1 : 0;
    }
    run.at("votes_first_8_rows").tensor().assertMatches(new long[] {8, 5}, first8, Tolerance.FLOAT);
    run.at("smallest_vote_margin").assertNumber(smallest, Tolerance.FLOAT);
    assertThat(amongTwo / 60.0).isCloseTo(run.at("top2").number(), within(1e-9));
  }

  /** unit(centres[label] + noise); the unit length does not matter to a cosine. */
  private static Features features(GoldenNode knn, String part, double[] centres) {
    int[] labels = ints(knn.at(part + "_labels"));
    double[] noise = knn.filled("knn." + part + "_noise").values();
    float[] rows = new float[noise.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (float) (centres[labels[i / 16] * 16 + i % 16] + noise[i]);
    }
    return Features.of(
        Matrix.of(labels.length, 16, rows), Labels.of(labels), "reference", part + " samples");
  }

  private static int[] ints(GoldenNode node) {
    long[] values = node.integers();
    int[] ints = new int[values.length];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = Math.toIntExact(values[i]);
    }
    return ints;
  }
}
