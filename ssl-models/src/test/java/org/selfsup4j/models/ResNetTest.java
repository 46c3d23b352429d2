package org.selfsup4j.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.module.State;
import org.selfsup4j.core.module.Weights;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Activations;
import org.selfsup4j.core.tensor.ShapeException;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.models.ResNet.Stem;

class ResNetTest {

  private static final ResNetOptions NARROW = ResNetOptions.resnet18(Stem.SMALL).withWidth(8);

  private final Passes passes = new Passes();

  private static ResNet encoder(ResNetOptions options) {
    return ResNet.of(options, RandomStream.of(1));
  }

  @Test
  void presetsHaveTheParametersOfTorchvisions() {
    // torchvision's counts without fc: 513,000 and 2,049,000 parameters
    assertThat(count(ResNet.resnet18(Stem.LARGE, RandomStream.of(1)))).isEqualTo(11_176_512);
    assertThat(count(ResNet.resnet34(Stem.LARGE, RandomStream.of(1)))).isEqualTo(21_284_672);
    assertThat(count(ResNet.resnet50(Stem.LARGE, RandomStream.of(1)))).isEqualTo(23_508_032);
    assertThat(ResNet.narrow18(Stem.SMALL, RandomStream.of(1)).width()).isEqualTo(128);
  }

  private static long count(ResNet encoder) {
    return Parts.of(encoder).parameterCount();
  }

  @ParameterizedTest
  @CsvSource({
    "SMALL, 3, 32, 32",
    "SMALL, 1, 17, 40",
    "SMALL, 5, 8, 8",
    "LARGE, 3, 64, 64",
    "LARGE, 4, 50, 75"
  })
  void imagesOfAnySizeAndNumberOfChannels(Stem stem, int channels, int height, int width) {
    ResNet encoder = encoder(NARROW.withStem(stem).withChannels(channels));
    passes.evaluating(
        pass -> {
          Tensor images = Passes.noise(pass, 2, channels, height, width);
          List<Tensor> maps = encoder.maps(images, pass);
          long rows = stem == Stem.SMALL ? height : half(half(height));
          long columns = stem == Stem.SMALL ? width : half(half(width));
          for (int s = 0; s < 4; s++) {
            assertThat(maps.get(s).shape().toArray()).containsExactly(2, 8L << s, rows, columns);
            rows = half(rows);
            columns = half(columns);
          }
          Tensor last = maps.get(3);
          Tensor features = encoder.features(images, pass);
          assertThat(features.shape().toArray()).containsExactly(2, encoder.width());
          assertThat(features.toDoubles())
              .containsExactly(last.mean(2, 3).toDoubles(), within(1e-6));
        });
  }

  private static long half(long size) {
    return (size + 1) / 2;
  }

  @Test
  void bottlenecksAreFourTimesWider() {
    ResNet encoder = encoder(ResNetOptions.resnet50(Stem.SMALL).withWidth(4).withDepths(1, 2));
    assertThat(encoder.width()).isEqualTo(32);
    passes.evaluating(
        pass -> {
          List<Tensor> maps = encoder.maps(Passes.noise(pass, 2, 3, 8, 8), pass);
          assertThat(maps.get(0).shape().toArray()).containsExactly(2, 16, 8, 8);
          assertThat(maps.get(1).shape().toArray()).containsExactly(2, 32, 4, 4);
        });
  }

  @Test
  void blocksWithAZeroGammaStartAsTheirShortcuts() {
    ResNet encoder = encoder(NARROW.withZeroLastGamma(true));
    ResidualBlock block = encoder.stages().get(0).get(1);
    passes.evaluating(
        pass -> {
          Tensor x = Passes.noise(pass, 2, 8, 6, 6);
          assertThat(block.apply(x, pass).toDoubles()).isEqualTo(Activations.relu(x).toDoubles());
        });
  }

  @Test
  void initialWeightsAreHeNormalByFanOut() {
    ResNet encoder = encoder(ResNetOptions.resnet18(Stem.SMALL));
    NormedConvolution step = encoder.stages().get(1).get(1).path().get(0); // 128 to 128 maps, 3x3
    double[] weights = step.convolution().weight().toDoubles();
    double squares = Arrays.stream(weights).map(w -> w * w).sum() / weights.length;
    assertThat(squares).isCloseTo(2.0 / (128 * 9), within(0.01 * 2 / (128 * 9)));
    assertThat(step.norm().weight().toDoubles()).containsOnly(1);
    assertThat(step.norm().bias().toDoubles()).containsOnly(0);
  }

  @Test
  void evaluationNeedsTheMemoryOfOneBlock() {
    ResNet shallow = encoder(NARROW.withDepths(1));
    ResNet deep = encoder(NARROW.withDepths(10));
    long one = passes.peakOfEvaluation(p -> shallow.features(Passes.noise(p, 8, 3, 16, 16), p));
    long ten = passes.peakOfEvaluation(p -> deep.features(Passes.noise(p, 8, 3, 16, 16), p));
    assertThat(ten).isLessThanOrEqualTo(one * 5 / 4);
  }

  @Test
  void weightsGoOutUnderTorchvisionsNames() {
    ResNet encoder = encoder(NARROW);
    Map<String, State> named = Weights.named(encoder, encoder.torchvisionNames());
    assertThat(named).hasSize(100); // 20 convolutions, 20 norms of four
    assertThat(named.keySet())
        .contains("conv1.weight", "bn1.running_var", "layer1.1.conv2.weight", "layer1.1.bn2.bias")
        .contains("layer2.0.downsample.0.weight", "layer2.0.downsample.1.running_mean");
    assertThat(encoder.torchvisionNames().ignores("fc.weight")).isTrue();
    assertThat(encoder.torchvisionNames().ignores("bn1.num_batches_tracked")).isTrue();
    assertThat(encoder.torchvisionNames().ignores("layer5.0.conv1.weight")).isFalse();
  }

  @Test
  void imagesOfOtherChannelsAreRefused() {
    assertThatThrownBy(
            () -> passes.evaluating(p -> encoder(NARROW).features(Passes.noise(p, 1, 1, 8, 8), p)))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("images must be [N, 3, H, W], got [1, 1, 8, 8]");
  }

  @Test
  void optionsThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> NARROW.withDepths(2, 0))
        .hasMessageContaining("depths is [2, 0]: give one stage or more");
    assertThatThrownBy(() -> NARROW.withWidth(0)).hasMessageContaining("width is 0");
  }
}
