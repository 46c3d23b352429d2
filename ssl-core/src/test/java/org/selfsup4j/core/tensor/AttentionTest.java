package org.selfsup4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.kernel.TimedKernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;

/** Attention of many images at once, which is computed some images at a time. */
class AttentionTest {

  private static final int HEADS = 2;
  private static final int WIDTH = 8;

  /** An image has 2 x 180 x 180 weights: four images of floats go together, five are two turns. */
  private static final int IMAGES = 5;

  private static final int TOKENS = 180;
  private static final int THREADS = 2;

  private final Kernels kernels = KernelSets.choose();
  private final Arena arena = new Arena(1 << 16);
  private final Session session = Session.training(kernels, arena, "step 1");
  private int threadsBefore;

  @BeforeEach
  void setThreads() {
    threadsBefore = kernels.threads();
    kernels.setThreads(THREADS);
  }

  @AfterEach
  void close() {
    kernels.setThreads(threadsBefore);
    session.close();
    arena.close();
  }

  @Test
  void itIsTheSameInTurnsAsHeadByHead() {
    double[] numbers = numbers(IMAGES * TOKENS * 3 * WIDTH);
    double[][] turns = run(numbers, qkv -> Attention.selfAttention(qkv, HEADS));
    double[][] plain = run(numbers, AttentionTest::byHeads);
    assertThat(turns[0]).containsExactly(plain[0], within(1e-5));
    assertThat(turns[1]).containsExactly(plain[1], within(1e-5));
  }

  @Test
  void someTokensAskAsAllWould() {
    double[] numbers = numbers(IMAGES * TOKENS * 3 * WIDTH);
    double[][] some =
        run(
            numbers,
            qkv ->
                Attention.crossAttention(
                    qkv.slice(1, 7, 150).slice(2, 0, WIDTH),
                    qkv.slice(2, WIDTH, 3 * WIDTH),
                    HEADS));
    double[][] all = run(numbers, qkv -> byHeads(qkv).slice(1, 7, 150));
    assertThat(some[0]).containsExactly(all[0], within(1e-5));
    assertThat(some[1]).containsExactly(all[1], within(1e-5));
  }

  @Test
  void withoutATapeItNeedsTheWeightsOfOneTurn() {
    try (Arena small = new Arena(1 << 16);
        Session evaluation = Session.evaluation(kernels, small, "evaluation")) {
      Tensor qkv = evaluation.full(ElementType.FLOAT, 0.5, IMAGES, TOKENS, 3 * WIDTH);
      double[] y = Attention.selfAttention(qkv, HEADS).toDoubles();
      assertThat(Arrays.stream(y).map(v -> Math.abs(v - 0.5)).max().orElseThrow()).isLessThan(1e-5);
      long weights = 4L * HEADS * TOKENS * TOKENS; // bytes an image
      assertThat(small.peakBytes()).isBetween(4 * weights, 5 * weights - 1);
    }
  }

  /** Four images and one: packed operands, twice for the gradients of them; weights; results. */
  @Test
  void whatATurnReadsAndWritesIsFetchedBefore() {
    TimedKernels timed = new TimedKernels(kernels, TimedKernels.Detail.SHAPES);
    try (Session own = Session.training(timed.kernels(), arena, "step 1")) {
      Variable qkv =
          Variable.of(
              ElementType.FLOAT, numbers(IMAGES * TOKENS * 3 * WIDTH), IMAGES, TOKENS, 3 * WIDTH);
      own.backward(Attention.selfAttention(own.open(qkv), HEADS).sum());
    }
    Map<String, Long> fetched = new TreeMap<>();
    timed.breakdown().stream()
        .filter(line -> line.operation().equals("fetch"))
        .forEach(line -> fetched.put(line.shapes(), line.calls()));
    assertThat(fetched)
        .isEqualTo(
            Map.of(
                "4x180x24",
                3L,
                "4x2x180x180",
                2L,
                "4x180x8",
                2L,
                "1x180x24",
                3L,
                "1x2x180x180",
                2L,
                "1x180x8",
                2L));
  }

  @Test
  void whatDoesNotFitIsRefusedWithBothShapes() {
    Tensor q = session.full(ElementType.FLOAT, 0, 2, 3, 8);
    assertThatThrownBy(() -> Attention.crossAttention(q, q, 2))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "crossAttention: queries [2, 3, 8] and keys with values [2, 3, 8] must be [N, T, D] and"
                + " [N, S, 2 D], D a multiple of 2 heads");
  }

  /** The result and the gradient of one fixed sum of it. */
  private double[][] run(double[] numbers, Function<Tensor, Tensor> attention) {
    Variable qkv = Variable.of(ElementType.FLOAT, numbers, IMAGES, TOKENS, 3 * WIDTH);
    Tensor y = attention.apply(session.open(qkv));
    long[] shape = y.shape().toArray();
    Tensor weights = session.tensor(ElementType.FLOAT, numbers((int) y.shape().count()), shape);
    double[] values = y.toDoubles();
    session.backward(y.times(weights).sum());
    return new double[][] {values, HostArrays.doubles(qkv.gradient())};
  }

  private static Tensor byHeads(Tensor qkv) {
    int d = WIDTH / HEADS;
    Tensor parts = qkv.reshape(IMAGES, TOKENS, 3, HEADS, d).permute(2, 0, 3, 1, 4);
    Tensor mixed =
        Attention.attend(
            Views.drop(parts.slice(0, 0, 1), 0),
            Views.drop(parts.slice(0, 1, 2), 0),
            Views.drop(parts.slice(0, 2, 3), 0)); // [N, heads, T, d]
    return mixed.permute(0, 2, 1, 3).reshape(IMAGES, TOKENS, WIDTH);
  }

  private static double[] numbers(int count) {
    return new Random(5).doubles(count, -1, 1).toArray();
  }
}
