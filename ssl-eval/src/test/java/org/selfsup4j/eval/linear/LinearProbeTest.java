package org.selfsup4j.eval.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
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

class LinearProbeTest {

  private static final Kernels KERNELS = KernelSets.choose();

  /** The objective in double, by loops: mean cross-entropy plus the penalty. */
  private static double scalarLoss(double[] x, Features train, int classes, double l2) {
    int width = train.width();
    double loss = 0;
    for (int n = 0; n < train.samples(); n++) {
      double[] logits = new double[classes];
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        logits[c] = x[classes * width + c];
        for (int d = 0; d < width; d++) {
          logits[c] += x[c * width + d] * train.matrix().at(n, d);
        }
        sum += Math.exp(logits[c]);
      }
      loss += (Math.log(sum) - logits[train.labels().get(n)]) / train.samples();
    }
    for (int i = 0; i < classes * width; i++) {
      loss += l2 * x[i] * x[i];
    }
    return loss;
  }

  @ParameterizedTest
  @ValueSource(strings = {"onednn", "nd4j"})
  void theLossAndItsGradientAreThoseOfTheScalarVersion(String set) {
    Features train = standardised(clusters(60, 5, 4, 1, 1.5));
    RandomStream random = RandomStream.of(3);
    double[] x = new double[LogisticLoss.variables(5, 4)];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.uniform(-1, 1);
    }
    double[] gradient = new double[x.length];
    double loss;
    try (Samples samples =
        new Samples(train.matrix(), Standardisation.of(train.matrix()), 4, KernelSets.open(set))) {
      loss = new LogisticLoss(samples, train.labels(), 4, 0.01).at(x, gradient);
    }

    assertThat(loss).isCloseTo(scalarLoss(x, train, 4, 0.01), within(1e-5));
    for (int i = 0; i < x.length; i++) {
      double[] up = x.clone();
      double[] down = x.clone();
      up[i] += 1e-5;
      down[i] -= 1e-5;
      double slope = (scalarLoss(up, train, 4, 0.01) - scalarLoss(down, train, 4, 0.01)) / 2e-5;
      assertThat(gradient[i]).isCloseTo(slope, within(1e-5));
    }
  }

  @Test
  void theFitIsTheMinimumThatPlainGradientDescentFinds() {
    Features train = standardised(clusters(80, 3, 3, 5, 1.5));
    double l2 = 0.05;
    double[] x = new double[LogisticLoss.variables(3, 3)];
    for (int step = 0; step < 4000; step++) { // slow, and surely right
      double[] next = x.clone();
      for (int i = 0; i < x.length; i++) {
        double[] up = x.clone();
        double[] down = x.clone();
        up[i] += 1e-6;
        down[i] -= 1e-6;
        double slope = (scalarLoss(up, train, 3, l2) - scalarLoss(down, train, 3, l2)) / 2e-6;
        next[i] -= 0.5 * slope;
      }
      x = next;
    }

    LinearClassifier fitted = LinearProbe.standard().fit(train, 3, l2, KERNELS);

    assertThat(fitted.fit().converged).isTrue();
    assertThat(fitted.fit().value).isCloseTo(scalarLoss(x, train, 3, l2), within(1e-5));
    for (int i = 0; i < 9; i++) {
      assertThat(fitted.fit().x[i]).isCloseTo(x[i], within(5e-3));
    }
  }

  @Test
  void manySamplesInSeveralBlocksAndManyClassesAreFitted() {
    Features train = clusters(20_000, 16, 300, 1, 0.3);
    Features test = clusters(2_000, 16, 300, 2, 0.3);

    Score score = LinearProbe.standard().withIterations(60).score(train, test, KERNELS);

    assertThat(score.value()).isGreaterThan(0.98);
    assertThat(score.protocol())
        .isEqualTo(
            "linear probe, standardised features, L-BFGS of at most 60 iterations, L2 1.0E-4");
  }

  @Test
  void theSameFeaturesGiveTheSameBits() {
    Features train = clusters(500, 20, 5, 1, 2);
    LinearClassifier first = LinearProbe.standard().fit(train, 5, 1e-4, KERNELS);
    LinearClassifier second = LinearProbe.standard().fit(train, 5, 1e-4, KERNELS);

    assertThat(first.fit().x).containsExactly(second.fit().x);
  }

  @Test
  void aFeatureThatIsConstantInTrainingDoesNotSpeakInTheTest() {
    Features train =
        Features.of(
            Matrix.of(4, 2, new float[] {-1, 0.1f, -2, 0.1f, 1, 0.1f, 2, 0.1f}),
            Labels.of(0, 0, 1, 1),
            "hand",
            "four rows");
    Features test =
        Features.of(
            Matrix.of(2, 2, new float[] {-1, 1e6f, 1, -1e6f}), Labels.of(0, 1), "hand", "two rows");

    assertThat(LinearProbe.standard().score(train, test, KERNELS).value()).isEqualTo(1);
  }

  @Test
  void theStrengthIsChosenWithoutTheTestSamples() {
    // 40 features of which one tells the class, 30 samples: only a strong penalty generalises.
    Features train = noisy(30, 40, 1);
    Features test = noisy(400, 40, 2);
    LinearProbe probe =
        LinearProbe.standard().choosingStrength(List.of(1e-6, 1e-3, 0.1)).withIterations(100);

    Score score = probe.score(train, test, KERNELS);
    Score swapped = probe.score(train, test.rows(3, 1, 2), KERNELS);

    assertThat(score.protocol()).contains("chosen of [1.0E-6, 0.001, 0.1] on every 5th");
    assertThat(swapped.protocol()).isEqualTo(score.protocol());
    double chosen = Double.parseDouble(score.protocol().replaceAll(".*L2 ([^ ]+) .*", "$1"));
    assertThat(score.value())
        .isEqualTo(probe.withStrength(chosen).score(train, test, KERNELS).value());
  }

  @Test
  void oneClassIsScoredAndSaid() {
    Features train = clusters(20, 3, 1, 1, 1);

    Score score = LinearProbe.standard().score(train, train, KERNELS);

    assertThat(score.value()).isEqualTo(1);
    assertThat(score.remarks()).contains("all train samples are of one class");
  }

  @Test
  void aFitThatWasCutShortSaysSo() {
    Features train = clusters(200, 10, 4, 1, 3);

    Score score = LinearProbe.standard().withIterations(2).score(train, train, KERNELS);

    assertThat(score.remarks()).isEqualTo("the fit stopped after 2 iterations");
  }

  @Test
  void badOptionsAndDataAreRefused() {
    LinearProbe probe = LinearProbe.standard();
    assertThatThrownBy(() -> probe.withIterations(0)).hasMessageContaining("iterations is 0");
    assertThatThrownBy(() -> probe.withStrength(-1)).hasMessageContaining("strengths is [-1.0]");
    assertThatThrownBy(() -> probe.choosingStrength(List.of()))
        .hasMessageContaining("strengths is empty");
    assertThatThrownBy(() -> new LinearProbe(200, List.of(1e-4), 1))
        .hasMessageContaining("heldOut is 1");
    Features few = clusters(4, 3, 2, 1, 1);
    assertThatThrownBy(() -> probe.choosingStrength(List.of(1e-4, 1e-2)).score(few, few, KERNELS))
        .hasMessageContaining("no class has 5 training samples");
    Features wide = clusters(4, 4, 2, 1, 1);
    assertThatThrownBy(() -> probe.score(few, wide, KERNELS)).hasMessageContaining("width 3");
  }

  @Property(tries = 20)
  void dataThatAPlaneSeparatesIsLearned(
      @ForAll @IntRange(min = 1, max = 20) int width, @ForAll long seed) {
    RandomStream random = RandomStream.of(seed);
    float[] normal = new float[width];
    double square = 0;
    for (int d = 0; d < width; d++) {
      normal[d] = (float) random.nextGaussian() + 0.01f;
      square += (double) normal[d] * normal[d];
    }
    float[] rows = new float[200 * width];
    int[] labels = new int[200];
    for (int n = 0; n < 200; n++) {
      labels[n] = n % 2;
      double side = 0;
      for (int d = 0; d < width; d++) {
        rows[n * width + d] = (float) random.nextGaussian();
        side += (double) rows[n * width + d] * normal[d];
      }
      double want = (labels[n] == 0 ? -1 : 1) * random.uniform(0.5, 2); // a margin of one
      for (int d = 0; d < width; d++) {
        rows[n * width + d] += (float) ((want - side) / square * normal[d]);
      }
    }
    Features train = Features.of(Matrix.of(200, width, rows), Labels.of(labels), "plane", "rows");

    assertThat(LinearProbe.standard().score(train, train, KERNELS).value()).isEqualTo(1);
  }

  private static Features standardised(Features features) {
    Standardisation standardisation = Standardisation.of(features.matrix());
    float[] rows = standardisation.apply(features.matrix(), 0, features.samples());
    return Features.of(
        Matrix.of(features.samples(), features.width(), rows), features.labels(), "random", "rows");
  }

  private static Features noisy(int samples, int width, long seed) {
    RandomStream random = RandomStream.of(seed);
    float[] rows = new float[samples * width];
    int[] labels = new int[samples];
    for (int n = 0; n < samples; n++) {
      labels[n] = n % 2;
      for (int d = 0; d < width; d++) {
        rows[n * width + d] = (float) random.nextGaussian() + (d == 0 ? 2f * labels[n] - 1 : 0);
      }
    }
    return Features.of(Matrix.of(samples, width, rows), Labels.of(labels), "noise", "rows");
  }

  private static Features clusters(int samples, int width, int classes, long seed, double noise) {
    RandomStream random = RandomStream.of(seed);
    RandomStream centres = RandomStream.of(99);
    double[] centre = new double[classes * width];
    for (int i = 0; i < centre.length; i++) {
      centre[i] = centres.nextGaussian();
    }
    float[] rows = new float[samples * width];
    int[] labels = new int[samples];
    for (int n = 0; n < samples; n++) {
      labels[n] = n % classes;
      for (int d = 0; d < width; d++) {
        rows[n * width + d] =
            (float) (centre[labels[n] * width + d] + noise * random.nextGaussian());
      }
    }
    return Features.of(
        Matrix.of(samples, width, rows), Labels.of(labels), "random", "clusters of seed " + seed);
  }
}
