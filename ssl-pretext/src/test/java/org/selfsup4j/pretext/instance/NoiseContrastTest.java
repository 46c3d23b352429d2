package org.selfsup4j.pretext.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.module.Buffer;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.ShapeException;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.pretext.parts.MemoryBank;
import org.selfsup4j.testkit.GradientCheck;

/** The estimate beside the paper's equations written out. */
class NoiseContrastTest {

  private static final int N = 3;
  private static final int D = 4;
  private static final int ROWS = 10;
  private static final int M = 5;
  private static final double T = 0.2;
  private static final long[] OWN = {7, 0, 4};
  private static final long[] DRAWN = {1, 7, 9, 9, 2, 3, 5, 8, 6, 1, 0, 2, 4, 4, 8};

  private final MemoryBank bank = doubles(MemoryBank.of(ROWS, D, RandomStream.of(1)));
  private final NoiseContrast noise = NoiseContrast.unestimated();

  private static MemoryBank doubles(MemoryBank bank) {
    return new MemoryBank(Buffer.of(ElementType.DOUBLE, bank.rows().toDoubles(), ROWS, D));
  }

  private static double[] queries(int seed) {
    RandomStream random = RandomStream.of(seed);
    double[] values = new double[N * D];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.uniform(-1, 1);
    }
    return values;
  }

  private NoiseContrast.Result apply(double[] queries, long... drawn) {
    try (Arena arena = new Arena();
        Session session = Session.evaluation(KernelSets.open("nd4j"), arena, "test")) {
      Tensor q = session.tensor(ElementType.DOUBLE, queries, N, D);
      return apply(q, session, drawn);
    }
  }

  private NoiseContrast.Result apply(Tensor q, Session session, long... drawn) {
    Pass pass = new Pass(true, RandomStream.of(0), session);
    Tensor own = session.ids(OWN, N);
    Tensor negatives = session.ids(drawn, N, drawn.length / N);
    NoiseContrast.Result result = noise.apply(q, bank, own, negatives, T, pass);
    return new NoiseContrast.Result(result.loss().detach(), result.accuracy());
  }

  private double loss(double... queries) {
    try (Arena arena = new Arena();
        Session session = Session.evaluation(KernelSets.open("nd4j"), arena, "test")) {
      Tensor q = session.tensor(ElementType.DOUBLE, queries, N, D);
      return apply(q, session, DRAWN).loss().item();
    }
  }

  /** {@code exp(v f / T)} of query i and row j. */
  private double similarity(double[] q, int i, long j) {
    double[] rows = bank.rows().toDoubles();
    double dot = 0;
    double squares = 0;
    for (int k = 0; k < D; k++) {
      dot += q[i * D + k] * rows[(int) j * D + k];
      squares += q[i * D + k] * q[i * D + k];
    }
    return Math.exp(dot / Math.sqrt(squares) / T);
  }

  /** Equations 4, 6 and 7, with the constant of the authors' code. */
  private double written(double[] q, double z) {
    double noise = (double) M / ROWS;
    double sum = 0;
    for (int i = 0; i < N; i++) {
      double p = similarity(q, i, OWN[i]) / z;
      sum -= Math.log(p / (p + noise + 1e-7));
      for (int k = 0; k < M; k++) {
        double other = similarity(q, i, DRAWN[i * M + k]) / z;
        sum -= Math.log(noise / (other + noise + 1e-7));
      }
    }
    return sum / N;
  }

  private double meanSimilarity(double... q) {
    double sum = 0;
    for (int i = 0; i < N; i++) {
      sum += similarity(q, i, OWN[i]);
      for (int k = 0; k < M; k++) {
        sum += similarity(q, i, DRAWN[i * M + k]);
      }
    }
    return sum / (N * (1 + M));
  }

  @Test
  void isTheEquationsWrittenOutWithTheNormalizerOfTheFirstBatch() {
    double[] first = queries(1);
    double[] second = queries(2);
    double z = ROWS * meanSimilarity(first);
    assertThat(loss(first)).isCloseTo(written(first, z), within(1e-10));
    assertThat(noise.logNormalizer().toDoubles()[0]).isCloseTo(Math.log(z), within(1e-9));
    assertThat(ROWS * meanSimilarity(second)).isNotCloseTo(z, within(1.0));
    assertThat(loss(second)).isCloseTo(written(second, z), within(1e-10));
    assertThat(noise.logNormalizer().toDoubles()[0]).isCloseTo(Math.log(z), within(1e-9));
  }

  @Test
  void theNormalizerIsStateAndNotTrained() {
    assertThat(Parts.of(noise).states()).containsOnlyKeys("logNormalizer");
    assertThat(Parts.of(noise).parameters()).isEmpty();
    assertThat(noise.logNormalizer().toDoubles()).containsExactly(0);
  }

  @Test
  void anExtremeSimilarityNeitherOverflowsNorVanishes() {
    noise.logNormalizer().set(new double[] {-690});
    assertThat(loss(queries(1))).isBetween(1e3, 1e4); // about m times 700
    noise.logNormalizer().set(new double[] {690});
    assertThat(loss(queries(1))).isBetween(6e2, 8e2);
  }

  /** exp(1 / .001) is no double: before its logarithm was kept, Z was infinite and the loss too. */
  @Test
  void aTemperatureWhoseNormalizerOverflowsIsNoMatter() {
    double[] rows = bank.rows().toDoubles();
    double[] itself = new double[N * D];
    for (int i = 0; i < N; i++) {
      System.arraycopy(rows, (int) OWN[i] * D, itself, i * D, D);
    }
    try (Arena arena = new Arena();
        Session session = Session.evaluation(KernelSets.open("nd4j"), arena, "test")) {
      Tensor q = session.tensor(ElementType.DOUBLE, itself, N, D);
      Pass pass = new Pass(true, RandomStream.of(0), session);
      Tensor drawn = session.ids(DRAWN, N, M);
      double loss = noise.apply(q, bank, session.ids(OWN, N), drawn, 0.001, pass).loss().item();
      assertThat(noise.logNormalizer().toDoubles()[0]).isBetween(990.0, 1010.0);
      assertThat(loss).isBetween(0.0, 100.0);
    }
  }

  @Test
  void anOwnRowThatWasDrawnTooIsNoMistake() {
    double[] rows = bank.rows().toDoubles();
    double[] itself = new double[N * D];
    for (int i = 0; i < N; i++) {
      System.arraycopy(rows, (int) OWN[i] * D, itself, i * D, D);
    }
    assertThat(apply(itself, 1, 7, 5, 0, 4, 2).accuracy()).isEqualTo(1);
    double[] others = itself.clone();
    System.arraycopy(rows, D, others, 0, D); // the first query is row 1, which is drawn
    assertThat(apply(others, 1, 7, 5, 0, 4, 2).accuracy()).isCloseTo(2.0 / 3, within(1e-12));
  }

  @Test
  void gradientsAreThoseOfTheLossWithAConstantNormalizer() {
    noise.logNormalizer().set(new double[] {Math.log(40)});
    MemoryBank floats = MemoryBank.of(ROWS, D, RandomStream.of(1));
    GradientCheck.of(
            "noiseContrast",
            (inputs, session) -> {
              Tensor q = inputs.get(0);
              Pass pass = new Pass(true, RandomStream.of(0), session);
              MemoryBank rows = q.type() == ElementType.DOUBLE ? bank : floats;
              Tensor own = session.ids(OWN, N);
              return noise.apply(q, rows, own, session.ids(DRAWN, N, M), T, pass).loss();
            })
        .input(N, D)
        .run();
    GradientCheck.of(
            "proximity", inputs -> InstanceDiscrimination.proximity(inputs.get(0), inputs.get(1)))
        .input(N, D)
        .input(N, D)
        .run();
  }

  @Test
  void refusesWhatItCannotCompare() {
    assertThatThrownBy(() -> new NoiseContrast(Buffer.of(new double[] {0})))
        .hasMessageContaining("one DOUBLE, got FLOAT");
    try (Arena arena = new Arena();
        Session session = Session.evaluation(KernelSets.open("nd4j"), arena, "test")) {
      Tensor wide = session.full(ElementType.DOUBLE, 1, N, D + 1);
      assertThatThrownBy(() -> apply(wide, session, DRAWN))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("queries [N, 4]")
          .hasMessageContaining("[3, 5]");
    }
  }
}
