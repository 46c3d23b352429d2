package org.selfsup4j.core.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.tensor.Variable;

class BatchNormTest {

  private static final int ROWS = 5;
  private static final int CHANNELS = 3;

  /** What a batch norm makes of an input, and of the gradient that comes back. */
  private record Result(double[] output, double[] gradient) {}

  @ParameterizedTest
  @ValueSource(strings = {"nd4j", "onednn"})
  void withoutScaleItLearnsNothingAndNormalisesAsAFreshOneDoes(String name) {
    Kernels kernels = KernelSets.open(name);
    BatchNorm plain = BatchNorm.withoutScale(CHANNELS);
    BatchNorm scaled = BatchNorm.of(CHANNELS);
    assertThat(Parts.of(plain).parameters()).isEmpty();
    assertThat(Parts.of(scaled).parameters()).containsOnlyKeys("weight", "bias");
    assertThat(Parts.of(plain).states()).hasSameSizeAs(Parts.of(scaled).states());

    Result got = run(plain, kernels);
    Result want = run(scaled, kernels);
    assertThat(got.output()).containsExactly(want.output(), within(1e-6));
    assertThat(got.gradient()).containsExactly(want.gradient(), within(1e-6));
    assertThat(want.gradient()).isNotEqualTo(new double[ROWS * CHANNELS]);
    assertThat(plain.runningMean().toDoubles()).isEqualTo(scaled.runningMean().toDoubles());
    assertThat(plain.weight().toDoubles()).containsOnly(1);
    assertThat(plain.bias().toDoubles()).containsOnly(0);
  }

  private static Result run(BatchNorm norm, Kernels kernels) {
    RandomStream random = RandomStream.of(4);
    double[] values = new double[ROWS * CHANNELS];
    double[] upstream = new double[ROWS * CHANNELS];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.uniform(-1, 1);
      upstream[i] = random.uniform(-1, 1);
    }
    Variable x = Variable.of(ElementType.FLOAT, values, ROWS, CHANNELS);
    try (Arena arena = new Arena(1 << 16)) {
      double[] output;
      try (Session session = Session.training(kernels, arena, "test")) {
        Pass pass = new Pass(true, random, session);
        Tensor y = norm.apply(session.open(x), pass);
        output = y.toDoubles();
        Tensor weights = session.tensor(ElementType.FLOAT, upstream, ROWS, CHANNELS);
        session.backward(y.times(weights).sum());
      }
      try (Session session = Session.evaluation(kernels, arena, "read")) {
        return new Result(output, session.constant(x.gradient()).toDoubles());
      }
    }
  }
}
