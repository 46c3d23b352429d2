package org.selfsup4j.core.memory;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class BrainFloatsTest {

  @Test
  void keepsWhatItsDigitsHold() {
    for (float value : new float[] {0, -0f, 1, -1.5f, 0x1p-126f, 3.0e38f, 96, 0.0078125f}) {
      float kept = BrainFloats.toFloat(BrainFloats.of(value));
      assertThat(kept).isCloseTo(value, org.assertj.core.data.Percentage.withPercentage(0.4));
    }
    assertThat(BrainFloats.toFloat(BrainFloats.of(1.5f))).isEqualTo(1.5f);
    assertThat(BrainFloats.of(-0f)).isEqualTo((short) 0x8000);
  }

  @Test
  void goesToTheEvenOneInTheMiddle() {
    assertThat(BrainFloats.toFloat(BrainFloats.of(1 + 0x1p-8f))).isEqualTo(1);
    assertThat(BrainFloats.toFloat(BrainFloats.of(1 + 3 * 0x1p-8f))).isEqualTo(1 + 0x1p-6f);
    assertThat(BrainFloats.toFloat(BrainFloats.of(1 + 0x1.1p-8f))).isEqualTo(1 + 0x1p-7f);
  }

  @Test
  void keepsWhatIsNoNumberAndWhatIsTooLarge() {
    assertThat(BrainFloats.toFloat(BrainFloats.of(Float.NaN))).isNaN();
    assertThat(BrainFloats.toFloat(BrainFloats.of(Float.intBitsToFloat(0x7f800001)))).isNaN();
    assertThat(BrainFloats.toFloat(BrainFloats.of(Float.NEGATIVE_INFINITY)))
        .isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(BrainFloats.toFloat(BrainFloats.of(Float.MAX_VALUE))).isInfinite();
  }

  /** No other of the 16-bit numbers is nearer. */
  @Property
  void isTheNearest(@ForAll float value) {
    short bits = BrainFloats.of(value);
    double error = Math.abs((double) BrainFloats.toFloat(bits) - value);
    if (Double.isFinite(error)) {
      for (int step : new int[] {-1, 1}) {
        double other = Math.abs((double) BrainFloats.toFloat((short) (bits + step)) - value);
        assertThat(Double.isFinite(other) ? other : error).isGreaterThanOrEqualTo(error);
      }
    }
  }
}
