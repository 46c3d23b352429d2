package org.selfsup4j.testkit.golden;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class GoldenTensorTest {

  private static final long[] SHAPE = {2, 3};
  private static final double[] VALUES = {1, -2, 0, 4, 1e-9, 2};

  // rms = sqrt((1 + 4 + 0 + 16 + 1e-18 + 4) / 6)
  private static final double RMS = Math.sqrt(25.0 / 6);

  private final GoldenTensor full = GoldenTensor.full("file.json y", SHAPE, VALUES.clone());
  private final GoldenTensor summary =
      GoldenTensor.summary(
          "file.json g", SHAPE, 5.000000001, 5, new int[] {0, 3, 5}, new double[] {1, 4, 2});

  @Test
  void anEntryMayDifferRelativeToItsSizeOrTheTensorsMeanSize() {
    full.assertMatches(SHAPE, VALUES, Tolerance.DOUBLE);
    full.assertMatches(with(3, 4 + 3.99e-7), Tolerance.DOUBLE);
    full.assertMatches(with(2, 0.999e-7 * RMS), Tolerance.DOUBLE);
    full.assertMatches(with(2, 0.999e-4 * RMS), Tolerance.FLOAT);

    assertFails(full, with(3, 4 + 4.01e-7), Tolerance.DOUBLE);
    assertFails(full, with(2, 1.001e-7 * RMS + 1e-12), Tolerance.DOUBLE);
    assertFails(full, with(2, 1.001e-4 * RMS + 1e-7), Tolerance.FLOAT);
  }

  @Test
  void aZeroTensorAllowsRoundingNoiseOnly() {
    GoldenTensor zeros = GoldenTensor.full("file.json z", SHAPE, new double[6]);
    zeros.assertMatches(new double[] {0, 1e-12, -1e-12, 0, 0, 0}, Tolerance.DOUBLE);
    assertFails(zeros, new double[] {0, 1.1e-12, 0, 0, 0, 0}, Tolerance.DOUBLE);
    zeros.assertMatches(new float[] {0, 0.99e-7f, 0, 0, 0, 0}, Tolerance.FLOAT);
  }

  @Test
  void whatIsNotANumberNeverMatches() {
    assertFails(full, with(4, Double.NaN), Tolerance.FLOAT);
    assertFails(full, with(4, Double.POSITIVE_INFINITY), Tolerance.FLOAT);
    assertFails(summary, with(4, Double.NaN), Tolerance.FLOAT);
  }

  @Test
  void aSummaryAlsoHoldsWhatIsNotSampled() {
    summary.assertMatches(VALUES, Tolerance.DOUBLE);
    // Entry 1 is no sample: the sum sees it. Two entries that keep the sum: the norm sees them.
    assertThatThrownBy(() -> summary.assertMatches(with(1, -2.001), Tolerance.DOUBLE))
        .hasMessageContaining("file.json g: sum: got 4.999");
    double[] sameSum = with(1, -2.1);
    sameSum[2] = 0.1;
    assertThatThrownBy(() -> summary.assertMatches(sameSum, Tolerance.DOUBLE))
        .hasMessageContaining("file.json g: l2: got 5.04");
    assertThatThrownBy(() -> summary.assertMatches(with(3, 4.5), Tolerance.DOUBLE))
        .hasMessageContaining("entry 3 [1, 0]: got 4.5");
  }

  @Test
  void theNormAloneForgivesSingleEntries() {
    double[] swapped = {-2, 1, 0, 4, 1e-9, 2};
    summary.assertL2Matches(swapped, Tolerance.DOUBLE);
    full.assertL2Matches(swapped, Tolerance.DOUBLE);
    assertFails(full, swapped, Tolerance.DOUBLE);
    assertThatThrownBy(() -> full.assertL2Matches(with(0, 1.1), Tolerance.DOUBLE))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("l2: got 5.02");
  }

  @Test
  void theMessageNamesTheWorstEntry() {
    double[] got = with(3, 4.5);
    got[0] = 1.001;
    assertThatThrownBy(() -> full.assertMatches(got, Tolerance.DOUBLE))
        .isInstanceOf(AssertionError.class)
        .hasMessage(
            "file.json y: entry 3 [1, 0]: got 4.50000000, want 4.00000000, difference 0.500,"
                + " allowed 4.00e-07; the worst of 2 wrong among 6 compared of 6");
  }

  @Test
  void anotherShapeOrCountIsRefused() {
    assertThatThrownBy(() -> full.assertMatches(new long[] {3, 2}, VALUES, Tolerance.DOUBLE))
        .isInstanceOf(AssertionError.class)
        .hasMessage("file.json y: shape [3, 2], want [2, 3]");
    assertThatThrownBy(() -> full.assertMatches(new double[5], Tolerance.DOUBLE))
        .isInstanceOf(AssertionError.class)
        .hasMessage("file.json y: 5 values, want 6 of shape [2, 3]");
    assertThatThrownBy(summary::values)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("stores a summary");
  }

  @Property
  void oneWrongSampleIsAlwaysSeen(
      @ForAll @IntRange(min = 0, max = 5) int index,
      @ForAll @DoubleRange(min = 1.01, max = 1000) double timesAllowed) {
    double allowed = 1e-4 * Math.max(Math.abs(VALUES[index]), RMS) + 1e-7;
    assertFails(full, with(index, VALUES[index] + timesAllowed * allowed), Tolerance.FLOAT);
    full.assertMatches(with(index, VALUES[index] - allowed / timesAllowed), Tolerance.FLOAT);
  }

  private static double[] with(int index, double value) {
    double[] changed = VALUES.clone();
    changed[index] = value;
    return changed;
  }

  private static void assertFails(GoldenTensor tensor, double[] got, Tolerance tolerance) {
    assertThatThrownBy(() -> tensor.assertMatches(got, tolerance))
        .isInstanceOf(AssertionError.class);
  }
}
