package org.selfsup4j.pretext.mae;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.random.RandomStream;

class MaskingTest {

  /** Ordinary noise is in [0, 1), but nothing says so: a sort of bits must know numbers below 0. */
  @Test
  void patchesAreInTheOrderOfTheirNoiseWhateverItsSign() {
    RandomStream random = RandomStream.of(6);
    double[] noise = new double[3 * 50];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = i % 7 == 0 ? 0.25 : (float) random.nextGaussian(); // with ties
    }
    Masking masking = Masking.of(noise, 3, 50, 0.75);
    assertThat(masking.kept()).isEqualTo(12);
    for (int n = 0; n < 3; n++) {
      int at = 50 * n;
      int[] want =
          IntStream.range(0, 50)
              .boxed()
              .sorted(Comparator.comparingDouble(i -> noise[at + i]))
              .mapToInt(Integer::intValue)
              .toArray();
      for (int i = 0; i < 50; i++) {
        assertThat(masking.order()[at + i]).isEqualTo(want[i]);
        assertThat(masking.restore()[at + want[i]]).isEqualTo(i);
      }
    }
  }
}
