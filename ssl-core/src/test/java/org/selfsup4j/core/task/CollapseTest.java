package org.selfsup4j.core.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.random.RandomStream;

class CollapseTest {

  @Test
  void equalEmbeddingsHaveNoDeviationAndOneDirection() {
    double[] same = new double[64 * 8];
    for (int i = 0; i < same.length; i++) {
      same[i] = i % 8 + 1;
    }

    Collapse collapse = Collapse.of(same, 64, 8);

    assertThat(collapse.deviation()).isCloseTo(0, within(1e-15));
    assertThat(collapse.effectiveRank()).isCloseTo(1, within(1e-4));
  }

  @Test
  void oneDirectionOfBothSignsSpreadsButHasRankOne() {
    double[] line = new double[100 * 4];
    for (int n = 0; n < 100; n++) {
      line[n * 4] = n % 2 == 0 ? 3 : -2;
    }

    Collapse collapse = Collapse.of(line, 100, 4);

    assertThat(collapse.deviation()).isCloseTo(Math.sqrt(100 / 99.0) / 4, within(1e-12));
    assertThat(collapse.effectiveRank()).isCloseTo(1, within(1e-4));
  }

  @Test
  void axesOfEqualStrengthAreFullRankAndSpreadEvenly() {
    int width = 16;
    double[] axes = new double[2 * width * width];
    for (int d = 0; d < width; d++) {
      axes[2 * d * width + d] = 5;
      axes[(2 * d + 1) * width + d] = -5;
    }

    Collapse collapse = Collapse.of(axes, 2 * width, width);

    assertThat(collapse.effectiveRank()).isCloseTo(width, within(1e-4));
    assertThat(collapse.relativeDeviation()).isCloseTo(Math.sqrt(32 / 31.0), within(1e-12));
    assertThat(collapse.evenDeviation()).isEqualTo(0.25);
  }

  @Test
  void embeddingsDrawnFromANormalDistributionAreSpread() {
    Collapse collapse = Collapse.of(gaussian(256, 128, 7), 256, 128);

    assertThat(collapse.relativeDeviation()).isCloseTo(1, within(0.01));
    assertThat(collapse.effectiveRank()).isBetween(100.0, 128.0);
  }

  @Test
  void whatIsNotFiniteIsNotANumber() {
    double[] broken = gaussian(8, 4, 1);
    broken[5] = Double.NaN;

    Collapse collapse = Collapse.of(broken, 8, 4);

    assertThat(collapse.deviation()).isNaN();
    assertThat(collapse.effectiveRank()).isNaN();
    broken[5] = Double.POSITIVE_INFINITY;
    assertThat(Collapse.of(broken, 8, 4).effectiveRank()).isNaN();
  }

  @Test
  void oneSampleAndAWrongCountAreRefused() {
    assertThatThrownBy(() -> Collapse.of(new double[4], 1, 4))
        .hasMessage("samples is 1: a spread needs at least 2 embeddings");
    assertThatThrownBy(() -> Collapse.of(new float[9], 2, 4))
        .hasMessage("embeddings of 2 samples of width 4 are 8 numbers, given are 9");
  }

  @Test
  void aLargeBatchOfFewDirectionsHasTheirNumberAsRank() {
    double[] x = new double[512 * 300];
    for (int n = 0; n < 512; n++) {
      x[n * 300 + n % 8] = n / 8 % 2 == 0 ? 1 : -1;
    }

    assertThat(Collapse.of(x, 512, 300).effectiveRank()).isCloseTo(8, within(0.01));
  }

  @Property(tries = 50)
  void rankIsTheSameForTheTransposedAndForAnyScale(
      @ForAll @IntRange(min = 2, max = 20) int samples,
      @ForAll @IntRange(min = 2, max = 20) int width,
      @ForAll long seed) {
    double[] x = gaussian(samples, width, seed);
    double[] turned = new double[x.length];
    for (int n = 0; n < samples; n++) {
      for (int d = 0; d < width; d++) {
        turned[d * samples + n] = 1e6 * x[n * width + d];
      }
    }

    assertThat(Collapse.effectiveRank(turned, width, samples))
        .isCloseTo(Collapse.effectiveRank(x, samples, width), within(1e-6));
  }

  private static double[] gaussian(int samples, int width, long seed) {
    RandomStream random = RandomStream.of(seed);
    double[] x = new double[samples * width];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextGaussian();
    }
    return x;
  }
}
