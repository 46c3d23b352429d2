package org.selfsup4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;

class LinearTest {

  private final Kernels kernels = KernelSets.choose();

  @Test
  void anMlpIsTheSameWithAndWithoutATapeAndAsItsParts() {
    double[] x = new Random(1).doubles(6 * 8, -2, 2).toArray();
    List<Variable> all =
        List.of(variable(2, 10, 8), variable(3, 10), variable(4, 3, 10), variable(5, 3));
    try (Arena arena = new Arena(1 << 16);
        Session training = Session.training(kernels, arena, "step 1");
        Session evaluation = Session.evaluation(kernels, arena, "evaluation")) {
      double[] taped = mlp(training, x, all);
      assertThat(kernels.calls().of("unary", "")).isPositive();
      long before = kernels.calls().of("unary", "");
      double[] fused = mlp(evaluation, x, all);
      assertThat(kernels.calls().of("unary", "")).as("passes for GELU alone").isEqualTo(before);
      assertThat(fused).containsExactly(taped, within(1e-6));
      assertThat(inParts(evaluation, all).apply(input(evaluation, x)).toDoubles())
          .containsExactly(taped, within(1e-6));
    }
  }

  /** 16,384 rows of 192 numbers are more than 10 MB: GELU is computed again for the gradients. */
  @Test
  void aLargeHiddenLayerIsKeptOnceAndItsGradientsAreThoseOfTheParts() {
    int rows = 16_384;
    double[] x = new Random(1).doubles(rows * 8L, -2, 2).toArray();
    List<Variable> all =
        List.of(variable(2, 192, 8), variable(3, 192), variable(4, 8, 192), variable(5, 8));
    long hidden = 4L * rows * 192;
    List<double[]> expected = gradients(x, all, 2 * hidden, LinearTest::inParts);
    List<double[]> actual = gradients(x, all, hidden, LinearTest::mlp);
    for (int i = 0; i < all.size(); i++) {
      assertThat(actual.get(i)).as("gradient %d", i).containsExactly(expected.get(i), within(1e-5));
    }
  }

  /** Of the mean of squares; checks what memory the tape keeps, but for less than x's eightfold. */
  private List<double[]> gradients(
      double[] x,
      List<Variable> all,
      long kept,
      BiFunction<Session, List<Variable>, Function<Tensor, Tensor>> network) {
    List<double[]> gradients = new ArrayList<>();
    try (Arena arena = new Arena(1 << 16);
        Session training = Session.training(kernels, arena, "step 1")) {
      Tensor input = input(training, x);
      Tensor y = network.apply(training, all).apply(input);
      assertThat(arena.usedBytes()).isBetween(kept, kept + 8 * 4L * x.length);
      training.backward(y.times(y).mean());
      all.forEach(v -> gradients.add(HostArrays.doubles(v.gradient())));
    }
    return gradients;
  }

  private static double[] mlp(Session session, double[] x, List<Variable> all) {
    return mlp(session, all).apply(input(session, x)).toDoubles();
  }

  private static Tensor input(Session session, double... x) {
    return session.tensor(ElementType.FLOAT, x, x.length / 8, 8);
  }

  private static Function<Tensor, Tensor> mlp(Session session, List<Variable> all) {
    List<Tensor> t = all.stream().map(session::open).toList();
    return x -> Products.mlp(x, t.get(0), t.get(1), t.get(2), t.get(3), null);
  }

  private static Function<Tensor, Tensor> inParts(Session session, List<Variable> all) {
    List<Tensor> t = all.stream().map(session::open).toList();
    return x -> {
      Tensor hidden = Activations.gelu(Products.linear(x, t.get(0), t.get(1)));
      return Products.linear(hidden, t.get(2), t.get(3));
    };
  }

  private static Variable variable(long seed, long... shape) {
    int count = (int) Shape.of(shape).count();
    return Variable.of(ElementType.FLOAT, new Random(seed).doubles(count, -1, 1).toArray(), shape);
  }
}
