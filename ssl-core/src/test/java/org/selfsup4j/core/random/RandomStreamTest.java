package org.selfsup4j.core.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RandomStreamTest {

  @Test
  void sameAddressGivesSameNumbersWhateverElseWasDrawn() {
    RandomStream root = RandomStream.of(7);
    long first = root.at("augment").at(3).nextLong();
    root.nextLong();
    root.at("other").nextGaussian();

    assertThat(root.at("augment").at(3).nextLong()).isEqualTo(first);
    assertThat(RandomStream.of(7).at("augment").at(3).nextLong()).isEqualTo(first);
  }

  @Test
  void neighbouringAddressesDiffer() {
    RandomStream root = RandomStream.of(0);
    long[] first = IntStream.range(0, 1000).mapToLong(i -> root.at(i).nextLong()).toArray();

    assertThat(Arrays.stream(first).distinct().count()).isEqualTo(1000);
    assertThat(root.at("1").nextLong()).isNotEqualTo(root.at(1).nextLong());
  }

  /** Changing a number here changes every run ever recorded: it needs an entry in the changelog. */
  @Test
  void numbersStayWhatTheyWere() {
    // From the class comment alone, by a program in another language: mix(key + (i + 1) * golden)
    // of seed 42.
    RandomStream stream = RandomStream.of(42);

    assertThat(new long[] {stream.nextLong(), stream.nextLong(), stream.nextLong()})
        .containsExactly(0x57e1faba65107204L, 0xf4abd143feb24055L, 0x7c816738c12903b2L);
  }

  @Property
  void permutationHoldsEveryNumberOnce(@ForAll long seed, @ForAll @IntRange(max = 300) int size) {
    int[] sorted = RandomStream.of(seed).permutation(size);
    Arrays.sort(sorted);

    assertThat(sorted).isEqualTo(IntStream.range(0, size).toArray());
  }

  @Property
  void boundedNumbersStayInside(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = Integer.MAX_VALUE) int bound) {
    assertThat(RandomStream.of(seed).nextInt(bound)).isBetween(0, bound - 1);
  }

  @Test
  void everyOutcomeIsEquallyLikely() {
    int[] counts = new int[6];
    RandomStream stream = RandomStream.of(1);
    for (int i = 0; i < 60_000; i++) {
      counts[stream.nextInt(6)]++;
    }

    // chi-square, 5 degrees of freedom: 20.5 is the 0.1 % point
    double chiSquare = Arrays.stream(counts).mapToDouble(c -> (c - 1e4) * (c - 1e4) / 1e4).sum();
    assertThat(chiSquare).isLessThan(20.5);
  }

  @Test
  void gaussianHasMeanZeroAndDeviationOne() {
    RandomStream stream = RandomStream.of(2);
    double[] draws = IntStream.range(0, 100_000).mapToDouble(i -> stream.nextGaussian()).toArray();

    double mean = Arrays.stream(draws).average().orElseThrow();
    double variance = Arrays.stream(draws).map(d -> d * d).average().orElseThrow() - mean * mean;
    assertThat(Math.abs(mean)).isLessThan(4 / Math.sqrt(1e5)); // 4 standard errors
    assertThat(Math.abs(variance - 1)).isLessThan(4 * Math.sqrt(2 / 1e5));
  }

  @Test
  void refusesBoundBelowOne() {
    assertThatThrownBy(() -> RandomStream.of(1).nextInt(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bound is 0")
        .hasMessageContaining("at least 1");
  }

  @Test
  void countsWhatWasDrawnFromItself() {
    RandomStream random = RandomStream.of(1);
    random.at("part").nextLong();
    assertThat(random.drawn()).isZero();
    random.nextDouble();
    random.nextLong();
    assertThat(random.drawn()).isEqualTo(2);
  }

  @Test
  void partsOfABatchDrawWhatTheWholeDraws() {
    RandomStream whole = RandomStream.of(3);
    whole.skip(5);
    long[] expected = new long[3 * 7];
    RandomStream parent = RandomStream.of(3);
    parent.skip(5);
    for (int i = 0; i < expected.length; i++) {
      expected[i] = whole.nextLong();
    }
    long[] drawn = new long[expected.length];
    for (int[] part : new int[][] {{0, 3}, {3, 7}}) {
      RandomStream own = parent.rows(part[0], part[1], 7);
      for (int call = 0; call < 3; call++) {
        for (int row = part[0]; row < part[1]; row++) {
          drawn[7 * call + row] = own.nextLong();
        }
        assertThat(own.drawn()).isEqualTo(7L * (call + 1));
      }
    }
    assertThat(drawn).containsExactly(expected);
    assertThat(parent.drawn()).isEqualTo(5);
    assertThatThrownBy(() -> parent.rows(3, 3, 7)).hasMessageContaining("rows 3 to 3 of 7");
    assertThatThrownBy(() -> parent.rows(0, 8, 7)).hasMessageContaining("rows 0 to 8 of 7");
  }
}
