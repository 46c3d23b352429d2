package org.selfsup4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;

class LinearTest {

  private final Kernels kernels = KernelSets.choose();

  @Test
  void geluAfterALayerIsTheSameWithAndWithoutATape() {
    double[] x = new Random(1).doubles(6 * 8, -2, 2).toArray();
    Variable weight = variable(2, 10, 8);
    Variable bias = variable(3, 10);
    try (Arena arena = new Arena(1 << 16);
        Session training = Session.training(kernels, arena, "step 1");
        Session evaluation = Session.evaluation(kernels, arena, "evaluation")) {
      double[] taped = linearGelu(training, x, weight, bias);
      assertThat(kernels.calls().of("unary", "")).isPositive();
      long before = kernels.calls().of("unary", "");
      double[] fused = linearGelu(evaluation, x, weight, bias);
      assertThat(kernels.calls().of("unary", "")).as("passes for GELU alone").isEqualTo(before);
      assertThat(fused).containsExactly(taped, within(1e-6));
    }
  }

  private static double[] linearGelu(Session session, double[] x, Variable weight, Variable bias) {
    Tensor input = session.tensor(ElementType.FLOAT, x, 6, 8);
    return Products.linearGelu(input, session.open(weight), session.open(bias)).toDoubles();
  }

  private static Variable variable(long seed, long... shape) {
    int count = (int) Shape.of(shape).count();
    return Variable.of(ElementType.FLOAT, new Random(seed).doubles(count, -1, 1).toArray(), shape);
  }
}
