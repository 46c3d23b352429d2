package org.selfsup4j.pretext.jigsaw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.testkit.golden.GoldenFile;
import org.selfsup4j.testkit.golden.GoldenNode;
import org.selfsup4j.testkit.golden.ReadsGolden;

@ReadsGolden(value = "jigsaw.json", cases = "permutation_set")
class PermutationSetTest {

  private static PermutationSet set(int tiles, int count, long seed) {
    return PermutationSet.greedy(tiles, count, RandomStream.of(seed));
  }

  @ParameterizedTest
  @CsvSource({"9, 64, 7", "9, 100, 6", "9, 701, 5", "9, 1000, 5", "4, 24, 2", "16, 100, 13"})
  void allOrdersAreDistinctAndAsFarApartAsIsSaid(int tiles, int count, int expected) {
    PermutationSet set = set(tiles, count, 1);
    assertThat(set.size()).isEqualTo(count);
    int least = tiles;
    double sum = 0;
    for (int i = 0; i < count; i++) {
      Set<Integer> seen = new HashSet<>();
      for (int place = 0; place < tiles; place++) {
        assertThat(set.tileAt(i, place)).isBetween(0, tiles - 1);
        seen.add(set.tileAt(i, place));
      }
      assertThat(seen).as("tiles of order %s", i).hasSize(tiles);
      for (int j = 0; j < i; j++) {
        int distance = 0;
        for (int place = 0; place < tiles; place++) {
          distance += set.tileAt(i, place) == set.tileAt(j, place) ? 0 : 1;
        }
        least = Math.min(least, distance);
        sum += distance;
      }
    }
    assertThat(least).isPositive().isEqualTo(expected);
    assertThat(set.leastDistance()).isEqualTo(least);
    assertThat(set.meanDistance()).isCloseTo(sum / (count * (count - 1) / 2.0), within(1e-12));
    assertThat(set)
        .hasToString(
            String.format(
                "%d permutations of %d tiles, least Hamming distance %d, mean %.2f",
                count, tiles, least, set.meanDistance()));
  }

  @Test
  void isAsGoodAsTheReference(GoldenFile file) {
    GoldenNode want = file.at("permutation_set");
    PermutationSet set = set(9, want.at("count").integer(), 1);
    GoldenNode required = want.at("required");
    assertThat(set.leastDistance())
        .isGreaterThanOrEqualTo(required.at("min_hamming_at_least").integer());
    assertThat(set.meanDistance())
        .isGreaterThanOrEqualTo(required.at("mean_hamming_at_least").number());
  }

  @Test
  void dependsOnTheSeedAlone() throws Exception {
    PermutationSet here = set(9, 100, 5);
    Callable<PermutationSet> elsewhere = () -> set(9, 100, 5);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      for (Future<PermutationSet> there : threads.invokeAll(Collections.nCopies(4, elsewhere))) {
        assertThat(there.get()).isEqualTo(here).hasSameHashCodeAs(here);
      }
    } finally {
      threads.shutdown();
    }
    assertThat(set(9, 100, 6)).isNotEqualTo(here);
  }

  @Test
  void refusesMoreOrdersThanExist() {
    assertThatThrownBy(() -> set(4, 25, 1))
        .hasMessageContaining("25 permutations of 4 tiles")
        .hasMessageContaining("no more than 24 exist");
    assertThatThrownBy(() -> set(9, 362_881, 1)).hasMessageContaining("no more than 362880 exist");
    assertThatThrownBy(() -> set(16, 362_881, 1)).hasMessageContaining("362881 permutations of 16");
    for (int tiles : List.of(1, 17)) {
      assertThatThrownBy(() -> set(tiles, 2, 1))
          .hasMessageContaining("a puzzle of " + tiles + " tiles: there must be 2 to 16");
    }
    assertThatThrownBy(() -> set(9, 1, 1)).hasMessageContaining("1 permutations of 9 tiles");
  }

  @Test
  void describesItselfSoThatARunDoesNotGoOnWithOtherOrders() {
    PermutationSet orders = PermutationSet.greedy(4, 6, RandomStream.of(1));
    PermutationSet others = PermutationSet.greedy(4, 6, RandomStream.of(2));
    assertThat(orders.description()).matches("6 orders of 4 tiles \\([0-9a-f]{8}\\)");
    assertThat(PermutationSet.greedy(4, 6, RandomStream.of(1)).description())
        .isEqualTo(orders.description());
    assertThat(others).isNotEqualTo(orders);
    assertThat(others.description()).isNotEqualTo(orders.description());
  }
}
