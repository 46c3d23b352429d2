package org.selfsup4j.eval.knn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.eval.features.Features;
import org.selfsup4j.eval.features.Labels;
import org.selfsup4j.eval.features.Matrix;
import org.selfsup4j.eval.report.Score;

class WeightedKnnTest {

  private static final Kernels KERNELS = KernelSets.choose();

  /** The protocol in ten lines, in double. */
  private static int[] scalar(Features train, Features test, int k, double temperature) {
    int[] predicted = new int[test.samples()];
    for (int row = 0; row < predicted.length; row++) {
      double[] similarity = new double[train.samples()];
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < similarity.length; i++) {
        similarity[i] = cosine(test.matrix(), row, train.matrix(), i);
        order.add(i);
      }
      order.sort(Comparator.comparingDouble(i -> -similarity[i])); // stable: lower index first
      double[] votes = new double[train.labels().classes()];
      order
          .subList(0, k)
          .forEach(i -> votes[train.labels().get(i)] += Math.exp(similarity[i] / temperature));
      for (int c = 1; c < votes.length; c++) {
        predicted[row] = votes[c] > votes[predicted[row]] ? c : predicted[row];
      }
    }
    return predicted;
  }

  private static double cosine(Matrix a, int i, Matrix b, int j) {
    double product = 0;
    double first = 0;
    double second = 0;
    for (int d = 0; d < a.columns(); d++) {
      product += (double) a.at(i, d) * b.at(j, d);
      first += (double) a.at(i, d) * a.at(i, d);
      second += (double) b.at(j, d) * b.at(j, d);
    }
    return product / Math.max(1e-12, Math.sqrt(first * second));
  }

  @ParameterizedTest
  @ValueSource(strings = {"onednn", "nd4j"})
  void agreesWithTheScalarVersionOverSeveralBlocks(String set) {
    Features train = clusters(4200, 24, 7, 1);
    Features test = clusters(1030, 24, 7, 2);
    int[] want = scalar(train, test, 20, 0.07);

    int[] got = new WeightedKnn(20, 0.07).predict(train, test, KernelSets.open(set));

    int different = (int) IntStream.range(0, want.length).filter(i -> want[i] != got[i]).count();
    assertThat(different).as("float32 may turn a near tie").isLessThanOrEqualTo(2);
  }

  @Test
  void nearestOfEqualSimilarityIsTheLowerIndexAndTheLowerClassWinsATie() {
    Matrix same = Matrix.of(6, 2, new float[] {1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0});
    Features train = Features.of(same, Labels.of(3, 2, 2, 3, 0, 0), "hand", "six equal rows");
    Features test =
        Features.of(Matrix.of(1, 2, new float[] {2, 0}), Labels.of(2), "hand", "one row");

    assertThat(new WeightedKnn(1, 0.1).predict(train, test, KERNELS)).containsExactly(3);
    assertThat(new WeightedKnn(3, 0.1).predict(train, test, KERNELS)).containsExactly(2);
    assertThat(new WeightedKnn(4, 0.1).predict(train, test, KERNELS)).containsExactly(2);
    assertThat(new WeightedKnn(6, 0.1).predict(train, test, KERNELS)).containsExactly(0);
  }

  @Test
  void nearOnesOutvoteManyFarOnes() {
    Matrix rows = Matrix.of(4, 2, new float[] {1, 0, 0.8f, 0.6f, 0.8f, 0.6f, 0.8f, -0.6f});
    Features train = Features.of(rows, Labels.of(1, 0, 0, 0), "hand", "four rows");
    Features test =
        Features.of(Matrix.of(1, 2, new float[] {3, 0}), Labels.of(1), "hand", "one row");

    // weights: e^(1/T) against 3 e^(0.8/T); equal at T = 0.2 / ln 3 = 0.182
    assertThat(new WeightedKnn(4, 0.18).predict(train, test, KERNELS)).containsExactly(1);
    assertThat(new WeightedKnn(4, 0.19).predict(train, test, KERNELS)).containsExactly(0);
    // a temperature at which the plain exponential would overflow
    assertThat(new WeightedKnn(4, 1e-5).predict(train, test, KERNELS)).containsExactly(1);
  }

  @Test
  void scoresNameTheirProtocol() {
    Features train = clusters(100, 8, 3, 1);
    Features test = clusters(50, 8, 3, 2);

    Score score = new WeightedKnn(5, 0.07).score(train, test, KERNELS);

    assertThat(score.protocol()).isEqualTo("weighted kNN, cosine, k=5, T=0.07");
    assertThat(score.train()).isEqualTo("100 samples of clusters of seed 1");
    assertThat(score.testSamples()).isEqualTo(50);
    int[] predicted = new WeightedKnn(5, 0.07).predict(train, test, KERNELS);
    long right = IntStream.range(0, 50).filter(i -> predicted[i] == test.labels().get(i)).count();
    assertThat(score.value()).isCloseTo(right / 50.0, within(1e-12));
  }

  @Test
  void oneClassIsScoredAndSaid() {
    Features train = clusters(30, 4, 1, 1);

    Score score = new WeightedKnn(20, 0.07).score(train, train, KERNELS);

    assertThat(score.value()).isEqualTo(1);
    assertThat(score.standardError()).isGreaterThan(0.03);
    assertThat(score.remarks()).contains("all train samples are of one class");
  }

  @Test
  void aThousandClassesAndClassesThatTrainLacks() {
    float[] eye = new float[1000 * 1000];
    int[] ids = new int[1000];
    for (int i = 0; i < 1000; i++) {
      eye[i * 1000 + i] = 1;
      ids[i] = i;
    }
    Features train = Features.of(Matrix.of(1000, 1000, eye), Labels.of(ids), "hand", "axes");
    ids[7] = 1000;
    Features test = Features.of(Matrix.of(1000, 1000, eye), Labels.of(ids), "hand", "axes");

    Score score = new WeightedKnn(1, 0.07).score(train, test, KERNELS);

    assertThat(score.value()).isCloseTo(0.999, within(1e-12));
    assertThat(score.remarks()).isEqualTo("1 test samples are of classes that no train sample has");
  }

  @Test
  void zeroFeaturesAreFarFromEverything() {
    Features train =
        Features.of(Matrix.of(2, 2, new float[] {-1, 0, 0, 0}), Labels.of(0, 1), "hand", "rows");
    Features test =
        Features.of(Matrix.of(2, 2, new float[] {1, 0, 0, 0}), Labels.of(1, 0), "hand", "rows");

    assertThat(new WeightedKnn(1, 0.1).predict(train, test, KERNELS)).containsExactly(1, 0);
  }

  @Test
  void whatCannotBeScoredIsRefused() {
    Features train = clusters(30, 4, 2, 1);
    assertThatThrownBy(() -> WeightedKnn.nearest200().score(train, train, KERNELS))
        .hasMessage(
            "neighbours is 200 but there are only 30 training samples: choose a k of at most that,"
                + " 20 is usual for small data");
    assertThatThrownBy(() -> new WeightedKnn(0, 0.1)).hasMessageContaining("neighbours is 0");
    assertThatThrownBy(() -> new WeightedKnn(5, 0)).hasMessageContaining("temperature is 0.0");
    assertThatThrownBy(() -> new WeightedKnn(5, Double.NaN))
        .hasMessageContaining("temperature is NaN");
    Features wide = clusters(30, 5, 2, 1);
    assertThatThrownBy(() -> WeightedKnn.nearest20().score(train, wide, KERNELS))
        .hasMessageContaining("width 4 and test features 5");
    Features bare =
        Features.of(Matrix.of(2, 4, new float[8]), Labels.of(Labels.NONE, 0), "hand", "two rows");
    assertThatThrownBy(() -> WeightedKnn.nearest20().score(train, bare, KERNELS))
        .hasMessageContaining("1 of the 2 samples of two rows have no label");
  }

  @Property(tries = 30)
  void theOrderOfTrainingSamplesDoesNotMatter(
      @ForAll @IntRange(min = 1, max = 40) int k, @ForAll long seed) {
    Features train = clusters(40, 6, 4, seed);
    Features test = clusters(25, 6, 4, ~seed);
    Features shuffled = train.rows(RandomStream.of(seed).permutation(40));

    assertThat(new WeightedKnn(k, 0.1).predict(shuffled, test, KERNELS))
        .containsExactly(new WeightedKnn(k, 0.1).predict(train, test, KERNELS));
  }

  @Property(tries = 30)
  void keepsTheBestInOrderWhateverComes(
      @ForAll @IntRange(min = 1, max = 12) int k, @ForAll long seed) {
    RandomStream random = RandomStream.of(seed);
    int count = k + random.nextInt(60);
    float[] scores = new float[count];
    for (int i = 0; i < count; i++) {
      scores[i] = random.nextInt(9) / 8f; // many ties
    }
    List<Integer> want = new ArrayList<>(IntStream.range(0, count).boxed().toList());
    want.sort(Comparator.comparingDouble(i -> -scores[i]));

    Neighbours nearest = new Neighbours(1, k);
    int cut = random.nextInt(count + 1);
    nearest.offer(0, scores, 0, cut, 0);
    nearest.offer(0, scores, cut, count, cut);
    nearest.sort();

    for (int i = 0; i < k; i++) {
      assertThat(nearest.index(0, i)).isEqualTo(want.get(i));
      assertThat(nearest.similarity(0, i)).isEqualTo(scores[want.get(i)]);
    }
  }

  private static Features clusters(int samples, int width, int classes, long seed) {
    RandomStream random = RandomStream.of(seed);
    RandomStream centres = RandomStream.of(99);
    float[] centre = new float[classes * width];
    for (int i = 0; i < centre.length; i++) {
      centre[i] = (float) centres.nextGaussian();
    }
    float[] rows = new float[samples * width];
    int[] ids = new int[samples];
    for (int i = 0; i < samples; i++) {
      ids[i] = i < classes ? i : random.nextInt(classes);
      for (int d = 0; d < width; d++) {
        rows[i * width + d] = centre[ids[i] * width + d] + (float) random.nextGaussian();
      }
    }
    return Features.of(
        Matrix.of(samples, width, rows), Labels.of(ids), "random", "clusters of seed " + seed);
  }
}
