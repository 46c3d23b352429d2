package org.selfsup4j.core.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.random.RandomStream;

class WhiteningTest {

  private final Kernels kernels = KernelSets.choose();

  /** Three directions of deviations 5, 2 and .5, mixed into eight numbers and shifted. */
  private static FeatureRows mixed(int count) {
    RandomStream random = RandomStream.of(1);
    double[] mixing = new double[3 * 8];
    for (int i = 0; i < mixing.length; i++) {
      mixing[i] = random.nextGaussian();
    }
    float[] values = new float[count * 8];
    double[] deviations = {5, 2, 0.5};
    for (int row = 0; row < count; row++) {
      for (int k = 0; k < 3; k++) {
        double amount = deviations[k] * random.nextGaussian();
        for (int i = 0; i < 8; i++) {
          values[row * 8 + i] += (float) (amount * mixing[k * 8 + i] + (k == 0 ? 10 * i : 0));
        }
      }
    }
    return new FeatureRows(count, 8, values);
  }

  @Test
  void theComponentsHaveMeanZeroVarianceOneAndNoCorrelation() {
    FeatureRows rows = mixed(500);
    try (Arena arena = new Arena()) {
      Whitening whitening = Whitening.of(rows, 8, kernels, arena);
      assertThat(whitening.components()).isEqualTo(3); // there are no more
      FeatureRows white = whitening.apply(rows, kernels, arena);
      for (int a = 0; a < 3; a++) {
        double mean = 0;
        for (int row = 0; row < 500; row++) {
          mean += white.values()[row * 3 + a] / 500;
        }
        assertThat(mean).isCloseTo(0, within(1e-4));
        for (int b = 0; b < 3; b++) {
          double product = 0;
          for (int row = 0; row < 500; row++) {
            product += white.values()[row * 3 + a] * white.values()[row * 3 + b] / 500;
          }
          assertThat(product).isCloseTo(a == b ? 1 : 0, within(1e-3));
        }
      }
    }
  }

  @Test
  void fewerComponentsAreTheFirstOfMore() {
    FeatureRows rows = mixed(300);
    try (Arena arena = new Arena()) {
      FeatureRows two = Whitening.of(rows, 2, kernels, arena).apply(rows, kernels, arena);
      FeatureRows three = Whitening.of(rows, 3, kernels, arena).apply(rows, kernels, arena);
      assertThat(two.width()).isEqualTo(2);
      for (int i = 0; i < two.values().length; i++) {
        float want = three.values()[i / 2 * 3 + i % 2];
        assertThat(two.values()[i]).isCloseTo(want, within(1e-5f));
      }
    }
  }

  @Test
  void rowsThatAreAllEqualAreRefused() {
    FeatureRows equal = new FeatureRows(4, 2, new float[] {1, 2, 1, 2, 1, 2, 1, 2});
    try (Arena arena = new Arena()) {
      assertThatThrownBy(() -> Whitening.of(equal, 2, kernels, arena))
          .hasMessageContaining("all 4 rows of features are equal");
      assertThatThrownBy(() -> Whitening.of(mixed(20), 0, kernels, arena))
          .hasMessageContaining("components is 0");
      Whitening eight = Whitening.of(mixed(20), 2, kernels, arena);
      assertThatThrownBy(() -> eight.apply(equal, kernels, arena))
          .hasMessageContaining("rows of width 2")
          .hasMessageContaining("width 8");
    }
    assertThatThrownBy(() -> new FeatureRows(1, 2, new float[] {1, Float.NaN}))
        .hasMessageContaining("feature 1 of row 0 is NaN");
  }

  @Test
  void normalizedRowsHaveLengthOne() {
    FeatureRows rows = new FeatureRows(2, 2, new float[] {3, 4, 0, 0}).normalized();
    assertThat(rows.values()).containsExactly(0.6f, 0.8f, 0, 0);
  }
}
