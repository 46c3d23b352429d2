package org.selfsup4j.pretext.inpainting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.ShapeException;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.testkit.CheckInput;
import org.selfsup4j.testkit.GradientCheck;

class ChannelwiseFullyConnectedTest {

  private static final int N = 2;
  private static final int C = 5;
  private static final int P = 9;

  @Test
  void isAMatrixForEachMapAndThenASumOverTheMaps() {
    ChannelwiseFullyConnected layer = ChannelwiseFullyConnected.of(C, 3, RandomStream.of(1));
    RandomStream random = RandomStream.of(2);
    float[] x = new float[N * C * P];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.uniform(-1, 1);
    }
    double[] matrices = layer.weight().toDoubles();
    double[] across = layer.across().weight().toDoubles();
    double[] bias = layer.across().bias().orElseThrow().toDoubles();
    double[] want = new double[x.length];
    for (int n = 0; n < N; n++) {
      for (int to = 0; to < C; to++) {
        for (int p = 0; p < P; p++) {
          double sum = bias[to];
          for (int c = 0; c < C; c++) {
            double mixed = 0;
            for (int q = 0; q < P; q++) {
              mixed += matrices[(c * P + p) * P + q] * x[(n * C + c) * P + q];
            }
            sum += across[to * C + c] * mixed;
          }
          want[(n * C + to) * P + p] = sum;
        }
      }
    }
    for (String kernels : List.of("nd4j", "onednn")) {
      try (Arena arena = new Arena();
          Session session = Session.evaluation(KernelSets.open(kernels), arena, "test")) {
        Pass pass = new Pass(false, RandomStream.of(3), session);
        Tensor y = layer.apply(session.tensor(x, N, C, 3, 3), pass);
        assertThat(y.shape().toArray()).containsExactly(N, C, 3, 3);
        assertThat(y.toDoubles()).containsExactly(want, within(1e-5));
      }
    }
  }

  @Test
  void gradientsMeetDifferences() {
    GradientCheck.of(
            "ChannelwiseFullyConnected.within",
            t -> ChannelwiseFullyConnected.within(t.get(0), t.get(1)))
        .input(CheckInput.of("maps", 2, 3, 2, 3))
        .input(CheckInput.of("weight", 3, 6, 6))
        .andOn(List.of(KernelSets.open("onednn")))
        .run();
  }

  @Test
  void takesAsManyWeightsAsThePaperSays() {
    // section 3.1: m n^4 for m maps of n x n; then m^2 and m biases of the 1x1 convolution
    ChannelwiseFullyConnected layer = ChannelwiseFullyConnected.of(8, 6, RandomStream.of(1));
    assertThat(Parts.of(layer).parameterCount()).isEqualTo(8 * 6 * 6 * 6 * 6 + 8 * 8 + 8);
  }

  @Test
  void mapsOfAnotherSizeAreRefused() {
    ChannelwiseFullyConnected layer = ChannelwiseFullyConnected.of(2, 3, RandomStream.of(1));
    try (Arena arena = new Arena();
        Session session = Session.evaluation(KernelSets.open("nd4j"), arena, "test")) {
      Pass pass = new Pass(false, RandomStream.of(3), session);
      Tensor larger = session.tensor(new float[2 * 16], 1, 2, 4, 4);
      assertThatThrownBy(() -> layer.apply(larger, pass))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("2 maps of 4x4 do not fit weight [C, P, P] [2, 9, 9]");
    }
  }
}
