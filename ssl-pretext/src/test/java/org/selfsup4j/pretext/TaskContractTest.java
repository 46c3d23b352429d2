package org.selfsup4j.pretext;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.ListSource;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.models.ResNet;
import org.selfsup4j.models.ResNetOptions;
import org.selfsup4j.models.VisionTransformer;
import org.selfsup4j.models.VisionTransformerOptions;
import org.selfsup4j.pretext.mae.MaskedAutoencoder;
import org.selfsup4j.pretext.rotation.Rotation;
import org.selfsup4j.pretext.simclr.SimClr;
import org.selfsup4j.testkit.TaskContract;

/** Every task keeps the contract of all tasks. */
class TaskContractTest {

  private static final Augmentation FLOATS = (image, random) -> image.toFloat();
  private static final Augmentation FLIPPED =
      (image, random) -> (random.chance(0.5) ? image.flipHorizontal() : image).toFloat();

  static Source<Image> images() {
    List<Image> images = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      RandomStream random = RandomStream.of(2).at(i);
      byte[] pixels = new byte[16 * 16 * 3];
      for (int p = 0; p < pixels.length; p++) {
        pixels[p] = (byte) random.nextInt(256);
      }
      images.add(Image.ofBytes(16, 16, 3, pixels));
    }
    return ListSource.of("noise", images);
  }

  private static ResNet resNet() {
    ResNetOptions options = ResNetOptions.resnet18(ResNet.Stem.SMALL).withWidth(8).withDepths(1, 1);
    return ResNet.of(options, RandomStream.of(1));
  }

  @Test
  void rotation() {
    TaskContract.of(
            () -> Rotation.of(resNet(), new Rotation.Options(FLOATS), RandomStream.of(2)), images())
        .overfitting(60, 1e-2, 0.1)
        .holds();
  }

  @Test
  void simClr() {
    SimClr.Options options = new SimClr.Options(0.5, FLIPPED);
    TaskContract.of(() -> SimClr.of(resNet(), 16, options, RandomStream.of(2)), images())
        .overfitting(60, 1e-2, 0.7)
        .holds();
  }

  @Test
  void maskedAutoencoder() {
    VisionTransformerOptions encoder = VisionTransformerOptions.of(16, 4, 32, 2, 2);
    MaskedAutoencoder.Options options = MaskedAutoencoder.Options.paper(FLOATS);
    TaskContract.of(
            () ->
                MaskedAutoencoder.of(
                    VisionTransformer.of(encoder, RandomStream.of(1)),
                    32,
                    1,
                    2,
                    options,
                    RandomStream.of(2)),
            images())
        .overfitting(120, 1e-2, 0.7)
        .holds();
  }
}
