package org.selfsup4j.models;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.selfsup4j.core.module.Copies;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.models.GoldenEncoder.Gradients;
import org.selfsup4j.models.ResNet.Stem;
import org.selfsup4j.testkit.golden.Golden;
import org.selfsup4j.testkit.golden.GoldenFile;
import org.selfsup4j.testkit.golden.ReadsGolden;

/** Residual networks against torchvision's, in evaluation and in training mode. */
@ReadsGolden({"resnet-mini.json", "resnet18-cifar-stem.json", "resnet18.json", "resnet50.json"})
class ResNetReferenceTest {

  @ParameterizedTest
  @EnumSource
  void miniature(Setting setting, @Golden("resnet-mini.json") GoldenFile file) {
    ResNetOptions options = ResNetOptions.resnet18(Stem.SMALL).withWidth(4).withDepths(1, 1);
    check(file, options, setting);
  }

  @ParameterizedTest
  @EnumSource
  void resnet18OfSmallImages(Setting setting, @Golden("resnet18-cifar-stem.json") GoldenFile file) {
    check(file, ResNetOptions.resnet18(Stem.SMALL), setting);
  }

  @ParameterizedTest
  @EnumSource
  void resnet18(Setting setting, @Golden("resnet18.json") GoldenFile file) {
    check(file, ResNetOptions.resnet18(Stem.LARGE), setting);
  }

  @ParameterizedTest
  @EnumSource
  void resnet50(Setting setting, @Golden("resnet50.json") GoldenFile file) {
    check(file, ResNetOptions.resnet50(Stem.LARGE), setting);
  }

  private static void check(GoldenFile file, ResNetOptions options, Setting setting) {
    ResNet encoder = ResNet.of(options, RandomStream.of(1));
    GoldenEncoder<ResNet> golden =
        new GoldenEncoder<>(file, encoder, encoder.torchvisionNames(), setting);
    boolean exact = setting == Setting.PORTABLE_DOUBLE || options.width() < 16;
    Gradients gradients = exact ? Gradients.BY_ENTRY : Gradients.ACROSS_KINKS;
    // Evaluation leaves the buffers as they were described, as the file's training pass wants them.
    golden.check(file.at("eval"), false, gradients, (x, pass) -> tensors(encoder, x, pass));
    golden.check(file.at("train"), true, gradients, (x, pass) -> tensors(encoder, x, pass));
  }

  /** By the names of the file; a twin shows its maps, so that no buffer is updated twice. */
  private static Map<String, Tensor> tensors(ResNet encoder, Tensor images, Pass pass) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("features", encoder.features(images, pass));
    ResNet twin = Copies.copy(encoder);
    tensors.put("stem", twin.stem().applyRelu(images.detach(), pass));
    List<Tensor> maps = twin.maps(images.detach(), pass);
    for (int i = 0; i < maps.size(); i++) {
      tensors.put("layer" + (i + 1), maps.get(i));
    }
    return tensors;
  }
}
