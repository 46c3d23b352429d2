package org.selfsup4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.selfsup4j.core.kernel.Team;
import org.selfsup4j.core.kernel.TimedKernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.module.TransformerBlock;
import org.selfsup4j.core.random.RandomStream;

/** A network in parts against the same network on the whole batch. */
class PartedNetworkTest extends OnTwoThreads {

  private static final Offset<Double> CLOSE = within(2e-6);
  private final Variable x = variable(1, ROWS, 6);
  private final Variable weight = variable(2, 8, 6);
  private final Variable bias = variable(3, 8);
  private final Variable out = variable(4, 5, 8);

  private List<double[]> step(Function<Session, Tensor> loss) {
    return step(loss, List.of(x, weight, bias, out));
  }

  private Tensor network(Session session, Tensor rows) {
    return Products.mlp(
        rows, session.open(weight), session.open(bias), session.open(out), null, null);
  }

  private Tensor inParts(Session session, Tensor rows) {
    return session.inParts(List.of(rows), (own, part, which) -> network(own, part.get(0)));
  }

  private static Tensor square(Tensor y) {
    return y.times(y).mean();
  }

  private static void assertClose(List<double[]> actual, List<double[]> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      assertThat(actual.get(i)).as("numbers %d", i).containsExactly(expected.get(i), CLOSE);
    }
  }

  @Test
  void lossAndGradientsAreThoseOfTheWholeBatch() {
    List<double[]> whole = step(s -> square(network(s, s.open(x).times(0.5))));
    assertThat(Arrays.stream(whole.get(1)).map(Math::abs).max().orElseThrow()).isGreaterThan(1e-3);
    assertClose(step(s -> square(inParts(s, s.open(x).times(0.5)))), whole);
    assertClose(step(s -> square(inParts(s, s.open(x)))), step(s -> square(network(s, s.open(x)))));
  }

  @Test
  void theSameStepHasTheSameBits() {
    List<double[]> first = step(s -> square(inParts(s, s.open(x))));
    List<double[]> second = step(s -> square(inParts(s, s.open(x))));
    for (int i = 0; i < first.size(); i++) {
      assertThat(second.get(i)).containsExactly(first.get(i));
    }
  }

  @Test
  void gradientsAddUpWhereANetworkIsUsedTwiceAndOutsideToo() {
    assertClose(
        step(
            s -> {
              Tensor twice =
                  inParts(s, inParts(s, s.open(x)).matmul(s.open(weight).slice(0, 0, 5)));
              return square(twice).plus(square(network(s, s.open(x))));
            }),
        step(
            s -> {
              Tensor y = network(s, s.open(x));
              Tensor twice = network(s, y.matmul(s.open(weight).slice(0, 0, 5)));
              return square(twice).plus(square(y));
            }));
  }

  @Test
  void oneInputMayBeConstantOrIdsAndOneVariableUnopenedInAPart() {
    long[] ids = new Random(7).longs(ROWS, 0, 8).toArray();
    List<double[]> parted =
        step(
            s ->
                square(
                    s.inParts(
                        List.of(s.constant(x.value()), s.ids(ids, ROWS)),
                        (own, part, rows) -> {
                          Tensor y =
                              Products.linear(part.get(0), own.open(out).slice(1, 0, 6), null);
                          Tensor taken = Rows.gather(own.open(weight), part.get(1));
                          return rows.from() == 0
                              ? y.plus(taken.sum(1).reshape(-1, 1))
                              : y.plus(own.open(bias).mean());
                        })));
    List<double[]> whole =
        step(
            s -> {
              Tensor y = Products.linear(s.constant(x.value()), s.open(out).slice(1, 0, 6), null);
              Tensor taken = Rows.gather(s.open(weight), s.ids(ids, ROWS));
              Tensor first = y.plus(taken.sum(1).reshape(-1, 1)).slice(0, 0, ROWS / 2);
              Tensor second = y.plus(s.open(bias).mean()).slice(0, ROWS / 2, ROWS);
              return square(Joins.concatenate(0, first, second));
            });
    whole.set(1, parted.get(1)); // x is a constant: its gradient is an earlier one
    assertClose(parted, whole);
  }

  @Test
  void eachPartHasAThreadOfItsOwnAndTheCallersIsTheFirst() {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    List<Long> from = new ArrayList<>();
    try (Arena arena = new Arena(1 << 16);
        Session session = Session.training(kernels, arena, "step 1")) {
      session.inParts(
          List.of(session.open(x)),
          (own, part, rows) -> {
            assertThat(own.kernels().threads()).isEqualTo(1);
            threads.add(Thread.currentThread());
            if (Thread.currentThread().getName().equals("selfsup-team-1")) {
              from.add(rows.from());
            }
            return part.get(0).times(2);
          });
    }
    assertThat(threads).hasSize(2).contains(Thread.currentThread());
    assertThat(from).containsExactly(5L);
    assertThat(kernels.threads()).isEqualTo(2);
  }

  @Test
  void aTeamOfManyThreadsHasEightMembersAtMostAndTheyHaveNoTeams() {
    for (int[] expected : new int[][] {{2, 2}, {3, 3}, {6, 6}, {8, 8}, {12, 6}, {16, 8}, {11, 1}}) {
      kernels.setThreads(expected[0]);
      int members = kernels.team().map(Team::size).orElse(1);
      assertThat(members).as("of %d threads", expected[0]).isEqualTo(expected[1]);
      kernels
          .team()
          .ifPresent(
              team -> {
                int[] threads = new int[team.size()];
                team.run((i, own) -> threads[i] = own.threads());
                assertThat(threads).containsOnly(expected[0] / expected[1]);
                team.members().forEach(m -> assertThat(m.kernels().team()).isEmpty());
              });
    }
  }

  @Test
  void withoutATapeAllMemoryButTheResultsGoesBack() {
    try (Arena arena = new Arena(1 << 16);
        Session session = Session.evaluation(kernels, arena, "evaluation")) {
      Tensor y = inParts(session, session.constant(x.value()));
      double[] whole = network(session, session.constant(x.value())).toDoubles();
      assertThat(y.toDoubles()).containsExactly(whole, CLOSE);
      assertThat(arena.part(0).usedBytes()).isZero();
      assertThat(arena.part(1).usedBytes()).isZero();
    }
  }

  @Test
  void noGradientsFlowWithoutGradient() {
    try (Arena arena = new Arena(1 << 16);
        Session session = Session.training(kernels, arena, "step 1")) {
      Tensor y = session.withoutGradient(() -> inParts(session, session.open(x)));
      assertThat(y.requiresGradient()).isFalse();
      session.train(variable -> variable == out);
      assertThat(inParts(session, session.open(x)).requiresGradient()).isTrue();
      assertThat(session.isLeaf(out)).isTrue();
      assertThat(session.isLeaf(weight)).isFalse();
    }
  }

  @Test
  void aPartThatFailsIsHeardOfAndTheNextStepRuns() {
    try (Arena arena = new Arena(1 << 16)) {
      Session session = Session.training(kernels, arena, "step 1");
      assertThatThrownBy(
              () ->
                  session.inParts(
                      List.of(session.open(x)),
                      (own, part, rows) -> {
                        if (rows.from() > 0) {
                          throw new IllegalStateException("the second part");
                        }
                        return part.get(0).times(2);
                      }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the second part");
      session.close();
      assertThat(arena.usedBytes()).isZero();
    }
    assertThat(step(s -> square(inParts(s, s.open(x)))).get(0)[0]).isPositive();
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4})
  void moreThreadsHaveMoreParts(int threads) {
    kernels.setThreads(1);
    Variable many = variable(8, 19, 6);
    Function<Session, Tensor> loss =
        s -> square(inParts(s, s.open(many)).plus(s.open(bias).mean()));
    List<double[]> whole = step(loss);
    whole.add(HostArrays.doubles(many.gradient()));
    kernels.setThreads(threads);
    assertThat(kernels.team().orElseThrow().size()).isEqualTo(threads);
    List<double[]> parted = step(loss);
    parted.add(HostArrays.doubles(many.gradient()));
    assertClose(parted, whole);
  }

  @Test
  void derivedStreamsHaveTheirRowsToo() {
    double[][] results = new double[2][];
    for (int threads = 1; threads <= 2; threads++) {
      kernels.setThreads(threads);
      try (Arena arena = new Arena(1 << 16);
          Session session = Session.evaluation(kernels, arena, "evaluation")) {
        Pass pass = new Pass(true, RandomStream.of(9), session);
        results[threads - 1] =
            pass.inParts(
                    List.of(session.constant(x.value())),
                    (part, own) ->
                        Regularization.stochasticDepth(
                            part.get(0), 0.5, own.random().at("drop").at(3)))
                .toDoubles();
      }
    }
    assertThat(results[1]).containsExactly(results[0]);
    assertThat(Arrays.stream(results[0]).filter(v -> v == 0).count()).isBetween(6L, 60L);
  }

  @Test
  void fewRowsOrOneThreadAreNotSplit() {
    kernels.setThreads(1);
    assertThat(kernels.team()).isEmpty();
    try (Arena arena = new Arena(1 << 16);
        Session session = Session.training(kernels, arena, "step 1")) {
      session.inParts(List.of(session.open(x)), (own, part, rows) -> same(session, own, part));
      kernels.setThreads(2);
      Tensor few = session.open(x).slice(0, 0, 7);
      session.inParts(List.of(few), (own, part, rows) -> same(session, own, part));
    }
  }

  private static Tensor same(Session whole, Session own, List<Tensor> part) {
    assertThat(own).isSameAs(whole);
    return part.get(0);
  }

  @Test
  void stochasticDepthDropsTheSameRowsInParts() {
    TransformerBlock made = TransformerBlock.of(8, 2, 2, RandomStream.of(5));
    TransformerBlock block =
        new TransformerBlock(made.norm1(), made.attention(), made.norm2(), made.mlp(), 0.5);
    double[] tokens = new Random(6).doubles(ROWS * 3 * 8L, -1, 1).toArray();
    double[][] results = new double[2][];
    long[] drawn = new long[2];
    for (int i = 0; i < 2; i++) {
      boolean parted = i == 1;
      try (Arena arena = new Arena(1 << 16);
          Session session = Session.training(kernels, arena, "step 1")) {
        Pass pass = new Pass(true, RandomStream.of(9), session);
        Tensor input = session.tensor(ElementType.FLOAT, tokens, ROWS, 3, 8);
        Tensor y =
            parted
                ? pass.inParts(List.of(input), (part, own) -> block.apply(part.get(0), own))
                : block.apply(input, pass);
        results[i] = y.toDoubles();
        drawn[i] = pass.random().drawn();
      }
    }
    assertThat(results[1]).containsExactly(results[0], CLOSE);
    assertThat(drawn).containsExactly(2 * ROWS, 2 * ROWS);
    double[] first = Arrays.copyOf(results[0], 3 * 8);
    assertThat(first).isNotEqualTo(Arrays.copyOf(tokens, 3 * 8));
  }

  @Test
  void aBreakdownCountsTheCallsOfAllParts() {
    TimedKernels timed = new TimedKernels(kernels, TimedKernels.Detail.OPERATIONS);
    try (Arena arena = new Arena(1 << 16);
        Session session = Session.training(timed.kernels(), arena, "step 1")) {
      session.backward(square(network(session, session.constant(x.value()))));
      double whole = gflop(timed);
      timed.reset();
      session.backward(square(inParts(session, session.constant(x.value()))));
      assertThat(gflop(timed)).isCloseTo(whole, within(1e-15)).isPositive();
    }
    long gelu =
        timed.breakdown().stream()
            .filter(line -> line.operation().equals("unary gelu"))
            .mapToLong(TimedKernels.Line::calls)
            .sum();
    assertThat(gelu).as("one call in each part").isEqualTo(2);
    timed.reset();
    assertThat(timed.breakdown()).isEmpty();
  }

  private static double gflop(TimedKernels timed) {
    return timed.breakdown().stream().mapToDouble(TimedKernels.Line::gflop).sum();
  }
}
