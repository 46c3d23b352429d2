package org.selfsup4j.core.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.random.RandomStream;

/** Held to a map of single elements. */
class FreeListTest {

  private static final int CAPACITY = 60;

  private record Range(int start, int size) {}

  @Property(tries = 500)
  void takesTheSmallestFreeRangeAndGivesEverythingBack(@ForAll long seed) {
    RandomStream random = RandomStream.of(seed);
    FreeList list = new FreeList(CAPACITY);
    boolean[] taken = new boolean[CAPACITY];
    List<Range> live = new ArrayList<>();
    for (int step = 0; step < 200; step++) {
      int size = 1 + random.nextInt(12);
      Range best = bestFit(taken, size);
      assertThat(list.smallestFor(size) >= size).isEqualTo(best != null);
      if (best != null && random.chance(0.6)) {
        assertThat(list.take(size)).isEqualTo(best.start);
        mark(taken, best, true);
        live.add(best);
      } else if (!live.isEmpty()) {
        Range range = live.remove(random.nextInt(live.size()));
        list.give(range.start, range.size);
        mark(taken, range, false);
      }
    }
    for (Range range : live) {
      list.give(range.start, range.size);
    }
    assertThat(list.smallestFor(CAPACITY)).as("everything is one range").isEqualTo(CAPACITY);
    assertThat(list.take(CAPACITY)).isZero();
  }

  private static void mark(boolean[] taken, Range range, boolean value) {
    for (int i = range.start; i < range.start + range.size; i++) {
      assertThat(taken[i]).isNotEqualTo(value);
      taken[i] = value;
    }
  }

  /** The smallest free run of at least {@code size}, the first of equals. */
  private static Range bestFit(boolean[] taken, int size) {
    Range best = null;
    int bestRun = Integer.MAX_VALUE;
    for (int i = 0; i < taken.length; i++) {
      if (!taken[i] && (i == 0 || taken[i - 1])) {
        int end = i;
        while (end < taken.length && !taken[end]) {
          end++;
        }
        if (end - i >= size && end - i < bestRun) {
          bestRun = end - i;
          best = new Range(i, size);
        }
      }
    }
    return best;
  }

  @Test
  void whatIsGivenBackTwiceIsRefused() {
    FreeList list = new FreeList(30);
    long a = list.take(10);
    long b = list.take(10);
    list.give(a, 10);
    assertThatThrownBy(() -> list.give(a, 10)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> list.give(a + 5, 10)).isInstanceOf(IllegalStateException.class);
    list.give(b, 10);
    assertThatThrownBy(() -> list.give(b, 10)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> list.take(31))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no free range of 31");
  }
}
