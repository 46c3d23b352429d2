package org.selfsup4j.core.kernel.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlansTest {

  private final List<Long> closed = new ArrayList<>();
  private final Plans<Noted> plans = new Plans<>();

  /** A plan that notes when it is closed. */
  private record Noted(long number, List<Long> closed) implements Plan {
    @Override
    public void close() {
      closed.add(number);
    }
  }

  private Noted plan(long number) {
    plans.key().start(7).add(new long[] {1, number, 3}).add(0.5).add(true);
    return plans.get(() -> new Noted(number, closed));
  }

  @Test
  void oneKeyHasOnePlan() {
    Noted first = plan(1);
    assertThat(plan(2)).isNotSameAs(first);
    assertThat(plan(1)).isSameAs(first);
    assertThat(closed).isEmpty();
  }

  @Test
  void keysOfSeveralListsDoNotRunTogether() {
    Key key = new Key();
    Key one = key.start(1).add(new long[] {2, 3}).add(new long[] {4}).frozen();
    Key other = key.start(1).add(new long[] {2}).add(new long[] {3, 4}).frozen();
    assertThat(one).isNotEqualTo(other);
    assertThat(key.start(1).add(new long[] {2, 3}).add(new long[] {4})).isEqualTo(one);
    assertThat(key.hashCode()).isEqualTo(one.hashCode());
  }

  @Test
  void aLongKeyIsKeptWhole() {
    Key key = new Key().start(0);
    for (int i = 0; i < 500; i++) {
      key.add((long) i);
    }
    Key kept = key.frozen();
    assertThat(key).isEqualTo(kept);
    assertThat(key.add(1L)).isNotEqualTo(kept);
  }

  @Test
  void theLongestUnusedPlanGoesAndIsClosed() {
    for (long i = 0; i < 1024; i++) {
      plan(i);
    }
    plan(0);
    plan(5000);
    assertThat(closed).containsExactly(1L);
    plan(0);
    plans.clear();
    assertThat(closed).hasSize(1025);
  }
}
