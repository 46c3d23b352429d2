package org.selfsup4j.core.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;

class TransposedConvolutionTest {

  private static final Window DOUBLING = Window.square(4, 2, 1);

  @Test
  void everyInputPaintsItsKernelOntoTheDoubledMap() {
    TransposedConvolution layer = TransposedConvolution.of(2, 3, DOUBLING, RandomStream.of(1));
    RandomStream random = RandomStream.of(2);
    float[] x = new float[2 * 2 * 3 * 3];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.uniform(-1, 1);
    }
    try (Arena arena = new Arena();
        Session session = Session.evaluation(KernelSets.choose(), arena, "test")) {
      Pass pass = new Pass(false, RandomStream.of(3), session);
      Tensor y = layer.apply(session.tensor(x, 2, 2, 3, 3), pass);
      assertThat(y.shape().toArray()).containsExactly(2, 3, 6, 6);
      double[] want =
          painted(x, layer.weight().toDoubles(), layer.bias().orElseThrow().toDoubles());
      assertThat(y.toDoubles()).containsExactly(want, within(1e-5));
    }
  }

  @Test
  void initialWeightsAreThoseOfPyTorch() {
    TransposedConvolution layer = TransposedConvolution.of(8, 16, DOUBLING, RandomStream.of(1));
    double bound = 1 / Math.sqrt(16 * 4 * 4); // torch counts the weight's second axis as fan in
    double largest = Arrays.stream(layer.weight().toDoubles()).map(Math::abs).max().orElseThrow();
    assertThat(largest).isBetween(0.95 * bound, bound);
    assertThat(layer.weight().shape().toArray()).containsExactly(8, 16, 4, 4);
    assertThat(layer.bias().orElseThrow().shape().toArray()).containsExactly(16);
  }

  /** x [2, 2, 3, 3] through weight [2, 3, 4, 4] to [2, 3, 6, 6]. */
  private static double[] painted(float[] x, double[] weight, double[] bias) {
    double[] y = new double[2 * 3 * 6 * 6];
    for (int i = 0; i < y.length; i++) {
      y[i] = bias[i / 36 % 3];
    }
    for (int i = 0; i < x.length; i++) {
      int n = i / 18;
      int c = i / 9 % 2;
      for (int w = 0; w < 48; w++) { // output channel, row and column of the kernel
        int row = 2 * (i / 3 % 3) + w / 4 % 4 - 1;
        int column = 2 * (i % 3) + w % 4 - 1;
        if (row >= 0 && row < 6 && column >= 0 && column < 6) {
          y[((n * 3 + w / 16) * 6 + row) * 6 + column] += x[i] * weight[c * 48 + w];
        }
      }
    }
    return y;
  }
}
