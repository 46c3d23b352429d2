package org.selfsup4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.Block;

/** A mean over rows whose parts go back at once, against the mean of what {@code inParts} gives. */
@Timeout(120)
class PartedMeanTest extends OnTwoThreads {

  private static final int LAYERS = 12;

  private final Variable x = variable(1, ROWS, 6);
  private final List<Variable> weights = new ArrayList<>();

  PartedMeanTest() {
    for (int i = 0; i < LAYERS; i++) {
      weights.add(variable(2 + i, 6, 6));
    }
  }

  /** Linear layers, the first weight twice, and the squared length of each row. */
  private Tensor lengths(Session own, Tensor rows) {
    Tensor y = Products.linear(rows, own.open(weights.get(0)), null);
    for (Variable weight : weights) {
      y = Products.linear(y, own.open(weight), null).plus(y);
    }
    return y.times(y).sum(1);
  }

  private Tensor mean(Session session, PartedNetwork.Part network) {
    return session.meanInParts(List.of(session.open(x)), network);
  }

  private Tensor mean(Session session) {
    return mean(session, (own, part, rows) -> lengths(own, part.get(0)));
  }

  private List<double[]> step(Function<Session, Tensor> loss) {
    List<Variable> all = new ArrayList<>(weights);
    all.add(0, x);
    return step(loss, all);
  }

  private static void assertSame(List<double[]> actual, List<double[]> expected) {
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i)).as("numbers %d", i).containsExactly(expected.get(i));
    }
  }

  @Test
  void lossAndGradientsHaveTheBitsOfTheMeanOfTheParts() {
    List<double[]> expected =
        step(
            s ->
                s.inParts(List.of(s.open(x)), (own, part, rows) -> lengths(own, part.get(0)))
                    .mean());
    assertThat(expected.get(2)[0]).isNotZero();
    assertSame(step(this::mean), expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void otherNumbersOfThreadsGiveTheSameWithinRounding(int threads) {
    List<double[]> expected = step(this::mean);
    kernels.setThreads(threads);
    List<double[]> actual = step(this::mean);
    for (int i = 0; i < expected.size(); i++) {
      double largest = 0;
      for (double value : expected.get(i)) {
        largest = Math.max(largest, Math.abs(value));
      }
      assertThat(actual.get(i)).containsExactly(expected.get(i), within(1e-5 * largest));
    }
  }

  /** Four times a number is exact, and so are four times its gradients. */
  @Test
  void whatIsMadeOfTheMeanReachesTheGradients() {
    List<double[]> once = step(this::mean);
    List<double[]> four = step(s -> mean(s).times(4));
    for (int i = 0; i < once.size(); i++) {
      for (int k = 0; k < once.get(i).length; k++) {
        assertThat(four.get(i)[k]).isEqualTo(4 * once.get(i)[k]);
      }
    }
  }

  @Test
  void anotherUseOfTheSameVariablesIsAdded() {
    List<double[]> both = step(s -> mean(s).plus(s.open(weights.get(3)).sum()));
    List<double[]> once = step(this::mean);
    for (int k = 0; k < 36; k++) {
      double sum = (float) (once.get(5)[k] + 1);
      assertThat(both.get(5)[k]).isEqualTo(sum);
    }
  }

  /** Does something when the gradient comes by. */
  private static Tensor gate(Tensor y, Runnable onTheWayBack) {
    Operation op = Operation.of("gate", y);
    return op.recordView(
        y,
        y.block(),
        g -> {
          onTheWayBack.run();
          g.share(0, g.upstream());
        });
  }

  /** Something whose gradient for {@code weight} is 2, and may be put off. */
  private static Tensor probe(Tensor y, Tensor weight, Consumer<Boolean> putOff) {
    Operation op = Operation.of("probe", y, weight);
    return op.recordView(
        y,
        y.block(),
        g -> {
          g.share(0, g.upstream());
          Block target = g.target(1);
          putOff.accept(g.later(k -> k.fill(target, 2), 1));
        });
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * {@link #lengths}; the first part begins its way back when the second one has come to its last
   * node, which is behind its probe.
   */
  private PartedNetwork.Part heldBack(Variable probed, Map<Boolean, Boolean> putOff) {
    CountDownLatch through = new CountDownLatch(1);
    return (own, part, rows) -> {
      boolean first = rows.from() == 0;
      Tensor input = gate(part.get(0), first ? () -> {} : through::countDown);
      Tensor y = probe(input, own.open(probed), off -> putOff.put(first, off));
      return gate(lengths(own, y), first ? () -> await(through) : () -> {});
    };
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPartThatIsBehindPutsWorkOffAndTheBitsStay(boolean mean) {
    Variable probed = variable(99, 3);
    Map<Boolean, Boolean> putOff = new ConcurrentHashMap<>();
    PartedNetwork.Part held = heldBack(probed, putOff);
    PartedNetwork.Part free = (own, part, rows) -> lengths(own, part.get(0));
    assertSame(step(s -> loss(s, held, mean)), step(s -> loss(s, free, mean)));
    assertThat(putOff).containsEntry(true, true).containsEntry(false, false);
    assertThat(HostArrays.doubles(probed.gradient())).containsExactly(4, 4, 4);
  }

  private Tensor loss(Session session, PartedNetwork.Part network, boolean mean) {
    return mean
        ? mean(session, network)
        : session.inParts(List.of(session.open(x)), network).mean();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void moreThanANumberForEachRowIsRefused(int threads) {
    kernels.setThreads(threads);
    try (Arena arena = new Arena(1 << 16);
        Session session = Session.training(kernels, arena, "step 1")) {
      assertThatThrownBy(() -> mean(session, (own, part, rows) -> part.get(0).times(2)))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("one number for each row")
          .hasMessageContaining("6]");
    }
  }

  @Test
  void aPartThatFailsIsHeardOfAndTheOtherDoesNotWaitForIt() {
    try (Arena arena = new Arena(1 << 16)) {
      try (Session session = Session.training(kernels, arena, "step 1")) {
        assertThatThrownBy(
                () ->
                    mean(
                        session,
                        (own, part, rows) -> {
                          Runnable back =
                              () -> {
                                if (rows.from() > 0) {
                                  throw new IllegalStateException("on the way back");
                                }
                              };
                          return gate(lengths(own, part.get(0)), back);
                        }))
            .isInstanceOf(IllegalStateException.class)
            .hasMessage("on the way back");
      }
      assertThat(arena.usedBytes()).isZero();
    }
    assertThat(step(this::mean).get(0)[0]).isPositive();
  }

  @Test
  void evaluationNeedsNoWayBack() {
    double expected = step(this::mean).get(0)[0];
    try (Arena arena = new Arena(1 << 16);
        Session session = Session.evaluation(kernels, arena, "evaluation")) {
      Tensor mean = mean(session);
      assertThat(mean.requiresGradient()).isFalse();
      assertThat(mean.item()).isEqualTo(expected);
    }
  }
}
