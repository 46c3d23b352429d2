package org.selfsup4j.pretext.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.module.BatchNorm;
import org.selfsup4j.core.module.Linear;
import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Session;

/** Projection heads with norms, and the choice of what is trained. */
class HeadsTest {

  private static final RandomStream RANDOM = RandomStream.of(1);

  record Pair(Linear first, Linear second) implements Module {}

  @Test
  void aNormedHeadIsLinearNormReluLinearNorm() {
    NormedHead head = NormedHead.of(RANDOM, 4, 5, 3);
    int n = 6;
    double[] x = new double[n * 4];
    RandomStream draws = RandomStream.of(2);
    for (int i = 0; i < x.length; i++) {
      x[i] = draws.uniform(-1, 1);
    }
    double[] hidden = normed(product(x, head.layers().get(0), n), n);
    for (int i = 0; i < hidden.length; i++) {
      hidden[i] = Math.max(0, hidden[i]);
    }
    double[] want = normed(product(hidden, head.layers().get(1), n), n);
    try (Arena arena = new Arena(1 << 12);
        Session session = Session.evaluation(KernelSets.choose(), arena, "test")) {
      Pass pass = new Pass(true, RANDOM, session);
      double[] got = head.apply(session.tensor(ElementType.FLOAT, x, n, 4), pass).toDoubles();
      assertThat(got).containsExactly(want, within(1e-4));
    }
    assertThat(head.dimension()).isEqualTo(3);
    assertThat(Parts.of(head).parameters().keySet())
        .containsExactly("layers.0.weight", "layers.1.weight", "norms.0.weight", "norms.0.bias");
  }

  @Test
  void aLayerWithoutItsNormIsRefused() {
    List<Linear> layers = List.of(Linear.of(2, 3, RANDOM), Linear.of(3, 3, RANDOM));
    assertThatThrownBy(() -> new NormedHead(layers, List.of(BatchNorm.of(3))))
        .hasMessageContaining("2 layers and 1 norms");
  }

  @Test
  void whatIsFrozenIsNotAmongTheTrained() {
    Pair pair = new Pair(Linear.of(2, 3, RANDOM), Linear.of(3, 1, RANDOM));
    assertThat(Trained.allBut(pair.first(), pair).parameters())
        .containsExactly(pair.second().weight(), pair.second().bias().orElseThrow());
    assertThatThrownBy(() -> Trained.allBut(pair, pair))
        .hasMessageContaining("4 parameters, of which 4 are among the 4");
    assertThatThrownBy(() -> Trained.allBut(Linear.of(2, 3, RANDOM), pair))
        .hasMessageContaining("2 parameters, of which 0 are among the 4");
  }

  private static double[] product(double[] x, Linear layer, int n) {
    int inputs = x.length / n;
    double[] weight = layer.weight().toDoubles();
    int outputs = weight.length / inputs;
    double[] y = new double[n * outputs];
    for (int i = 0; i < n; i++) {
      for (int o = 0; o < outputs; o++) {
        for (int k = 0; k < inputs; k++) {
          y[i * outputs + o] += x[i * inputs + k] * weight[o * inputs + k];
        }
      }
    }
    return y;
  }

  private static double[] normed(double[] x, int n) {
    int width = x.length / n;
    double[] y = new double[x.length];
    for (int c = 0; c < width; c++) {
      double mean = 0;
      double squares = 0;
      for (int i = 0; i < n; i++) {
        mean += x[i * width + c] / n;
        squares += x[i * width + c] * x[i * width + c] / n;
      }
      for (int i = 0; i < n; i++) {
        double deviation = Math.sqrt(squares - mean * mean + 1e-5);
        y[i * width + c] = (x[i * width + c] - mean) / deviation;
      }
    }
    return y;
  }
}
