package org.selfsup4j.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.format.SafeTensors;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.module.MismatchedWeightsException;
import org.selfsup4j.core.module.NameMap;
import org.selfsup4j.core.module.Weights;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Variable;
import org.selfsup4j.core.train.EncoderFile;
import org.selfsup4j.models.ResNet.Stem;

/** Files as PyTorch's libraries write them. */
class ForeignWeightsTest {

  private static final ResNetOptions NARROW = ResNetOptions.resnet18(Stem.SMALL).withWidth(8);
  private static final VisionTransformerOptions SMALL =
      VisionTransformerOptions.of(16, 4, 32, 2, 4);

  @TempDir private Path folder;
  private final Passes passes = new Passes();

  @Test
  void aWholeClassifierOfTorchvisionGivesItsEncoder() {
    ResNet from = ResNet.of(NARROW, RandomStream.of(1));
    Map<String, Block> classifier = tensors(from, from.torchvisionNames());
    classifier.put("fc.weight", block(ElementType.FLOAT, 10, 64));
    classifier.put("fc.bias", block(ElementType.FLOAT, 10));
    classifier.put("bn1.num_batches_tracked", block(ElementType.INT64));
    Path file = folder.resolve("resnet.safetensors");
    SafeTensors.write(file, Map.of(), classifier);

    ResNet to = ResNet.of(NARROW, RandomStream.of(2));
    assertThat(features(to)).isNotEqualTo(features(from));
    EncoderFile.load(file, to, to.torchvisionNames());
    assertThat(features(to)).isEqualTo(features(from));
  }

  @Test
  void aWholeClassifierOfTimmGivesItsEncoder() {
    VisionTransformer from = VisionTransformer.of(SMALL, RandomStream.of(1));
    Map<String, Block> classifier = tensors(from, from.timmNames());
    classifier.put("head.weight", block(ElementType.FLOAT, 10, 32));
    Path file = folder.resolve("vit.safetensors");
    SafeTensors.write(file, Map.of("format", "pt"), classifier);

    VisionTransformer to = VisionTransformer.of(SMALL, RandomStream.of(2));
    EncoderFile.load(file, to, to.timmNames());
    assertThat(features(to)).isEqualTo(features(from));
  }

  @Test
  void anotherArchitectureIsRefusedWithAllThatDiffers() {
    ResNet basic = ResNet.of(NARROW, RandomStream.of(1));
    Path file = folder.resolve("basic.safetensors");
    SafeTensors.write(file, Map.of(), tensors(basic, basic.torchvisionNames()));

    ResNetOptions options = ResNetOptions.resnet50(Stem.SMALL).withWidth(8).withDepths(2, 2);
    ResNet bottlenecks = ResNet.of(options, RandomStream.of(2));
    double[] before = features(bottlenecks);
    MismatchedWeightsException thrown =
        catchThrowableOfType(
            MismatchedWeightsException.class,
            () -> EncoderFile.load(file, bottlenecks, bottlenecks.torchvisionNames()));

    assertThat(thrown.missing())
        .contains("layer1.0.conv3.weight", "layer1.0.bn3.running_var")
        .contains("layer1.0.downsample.0.weight")
        .doesNotContain("layer1.0.conv1.weight");
    assertThat(thrown.unexpected())
        .contains("layer3.0.conv1.weight", "layer4.1.bn2.bias")
        .doesNotContain("conv1.weight");
    assertThat(thrown.misshapen())
        .contains("layer1.0.conv1.weight is [8, 8, 3, 3], expected [8, 8, 1, 1]");
    assertThat(thrown).hasMessageContaining(file.toString());
    assertThat(features(bottlenecks)).isEqualTo(before);
  }

  private static Map<String, Block> tensors(ImageEncoder encoder, NameMap names) {
    Map<String, Block> tensors = new LinkedHashMap<>();
    Weights.named(encoder, names)
        .forEach((name, state) -> tensors.put(name, state.variable().value()));
    return tensors;
  }

  private static Block block(ElementType type, long... shape) {
    int count = 1;
    for (long size : shape) {
      count *= (int) size;
    }
    return Variable.of(type, new double[count], shape).value();
  }

  private double[] features(ImageEncoder encoder) {
    return passes.evaluate(
        pass -> encoder.features(Passes.noise(pass, 1, 3, 16, 16), pass).toDoubles());
  }
}
