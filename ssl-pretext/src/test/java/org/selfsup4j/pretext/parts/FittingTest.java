package org.selfsup4j.pretext.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.optim.Schedule;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.models.ResNet;
import org.selfsup4j.models.ResNetOptions;
import org.selfsup4j.models.VisionTransformer;
import org.selfsup4j.models.VisionTransformerOptions;

/** Checks that name what was given, what is right, and what to do. */
class FittingTest {

  private final ImageEncoder patches =
      VisionTransformer.of(VisionTransformerOptions.of(16, 4, 32, 1, 2), RandomStream.of(1));
  private final ImageEncoder maps =
      ResNet.of(ResNetOptions.resnet18(ResNet.Stem.SMALL).withWidth(4), RandomStream.of(1));

  @Test
  void widths() {
    Fitting.requireFeatures("the head", 32, patches);
    assertThatThrownBy(() -> Fitting.requireFeatures("the head", 31, patches))
        .hasMessage(
            "the head takes 31 features, the encoder gives 32: make it for encoder.width()");
    Fitting.requireEqual("a gives", 3, "b takes", 3);
    assertThatThrownBy(() -> Fitting.requireEqual("a gives", 3, "b takes", 4))
        .hasMessage("a gives 3 numbers, b takes 4: make them equal");
    assertThatThrownBy(() -> Fitting.requireLogits("the head", 5, 4, "turns"))
        .hasMessage("the head gives 5 logits, there are 4 turns: make it for as many");
  }

  @Test
  void patchesDivideOnlyWhereThereAreSome() {
    Fitting.requireWholePatches("tiles", 8, 12, patches);
    Fitting.requireWholePatches("tiles", 9, 7, maps);
    assertThatThrownBy(() -> Fitting.requireWholePatches("tiles", 8, 10, patches))
        .hasMessage(
            "tiles of 8x10 do not divide into patches of 4: choose a multiple of it, or another"
                + " patch size");
  }

  @Test
  void counts() {
    assertThat(Fitting.count(7)).isEqualTo(7);
    assertThatThrownBy(() -> Fitting.count(0)).hasMessageContaining("there are 0 images");
    assertThatThrownBy(() -> Fitting.count(1L << 31))
        .hasMessageContaining("there are 2147483648 images")
        .hasMessageContaining("no more than 2147483647");
    Fitting.requireRows("the bank holds rows", 5, 5);
    assertThatThrownBy(() -> Fitting.requireRows("the bank holds rows", 5, 6))
        .hasMessageContaining("the bank holds rows of 5 images, the source has 6");
    Fitting.requireOthers("SimCLR", 2);
    assertThatThrownBy(() -> Fitting.requireOthers("SimCLR", 1))
        .hasMessageContaining("SimCLR compares the images of a batch: batchSize is 1");
    Fitting.requireClusters(5, 5);
    assertThatThrownBy(() -> Fitting.requireClusters(6, 5))
        .hasMessageContaining("clusters is 6 but there are only 5 images");
  }

  @Test
  void momentaAndTemperatures() {
    Momentum.require("m", 0);
    Momentum.require("m", Schedule.cosine(0.9, 1));
    for (double wrong : new double[] {-0.1, 1, Double.NaN}) {
      assertThatThrownBy(() -> Momentum.require("m", wrong)).hasMessageContaining("m is " + wrong);
    }
    assertThatThrownBy(() -> Momentum.require("m", Schedule.cosine(0.9, 1.1)))
        .hasMessageContaining("m goes from 0.9 to 1.1");
    assertThatThrownBy(() -> Momentum.require("m", Schedule.constant(2)))
        .hasMessageContaining("m goes from 2.0 to 2.0");
    Temperature.require("t", 1e-3);
    for (double wrong : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> Temperature.require("t", wrong))
          .hasMessageContaining("t is " + wrong + ": it must be above 0");
    }
  }

  /** CRC-32 of eight bytes 0 and of 00 .. 01, by another implementation (zlib). */
  @Test
  void aChecksumIsThatOfTheBytes() {
    assertThat(Checksum.of(0)).isEqualTo("6522df69");
    assertThat(Checksum.of(1)).isEqualTo("1225efff");
    assertThat(Checksum.of(1, 2)).isNotEqualTo(Checksum.of(2, 1));
    assertThat(Checksum.of()).isEqualTo("00000000");
  }
}
