package org.selfsup4j.testkit.data;

import org.junit.jupiter.api.Test;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.ColorJitter;
import org.selfsup4j.core.data.GaussianBlur;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.Interpolation;
import org.selfsup4j.core.data.Normalize;
import org.selfsup4j.core.data.RandomGrayscale;
import org.selfsup4j.core.data.Solarize;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.testkit.golden.GoldenFile;
import org.selfsup4j.testkit.golden.GoldenNode;
import org.selfsup4j.testkit.golden.ReadsGolden;
import org.selfsup4j.testkit.golden.Tolerance;

@ReadsGolden("augment.json")
class AugmentGoldenTest {

  private static final ColorJitter NONE = ColorJitter.of(0, 0, 0, 0);

  @Test
  void changesImagesAsTorchvisionDoes(GoldenFile file) {
    long[] stored = file.at("image_uint8").integers();
    byte[] pixels = new byte[stored.length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) stored[i];
    }
    Image image = Image.ofBytes(8, 8, 3, pixels);
    for (GoldenNode result : file.cases("results")) {
      Image changed = change(result, image);
      result
          .at("values")
          .tensor()
          .assertMatches(
              new long[] {changed.channels(), changed.height(), changed.width()},
              ChannelsFirst.values(changed),
              Tolerance.FLOAT);
    }
  }

  private static Image change(GoldenNode result, Image image) {
    String operation = result.at("op").text();
    return switch (operation) {
      case "crop_resize" -> cropResize(result, image);
      case "horizontal_flip" -> image.flipHorizontal();
      case "brightness 1.2, contrast 0.7, saturation 1.3, hue -0.05, then normalize" ->
          NONE.withBrightness(1.2, 1.2)
              .then(NONE.withContrast(0.7, 0.7))
              .then(NONE.withSaturation(1.3, 1.3))
              .then(NONE.withHue(-0.05, -0.05))
              .then(Normalize.imageNet())
              .apply(image, RandomStream.of(0));
      default -> augmentation(operation, result).apply(image, RandomStream.of(0));
    };
  }

  private static Augmentation augmentation(String operation, GoldenNode result) {
    return switch (operation) {
      case "brightness" -> NONE.withBrightness(factor(result), factor(result));
      case "contrast" -> NONE.withContrast(factor(result), factor(result));
      case "saturation" -> NONE.withSaturation(factor(result), factor(result));
      case "hue" -> NONE.withHue(result.at("shift").number(), result.at("shift").number());
      case "grayscale" -> new RandomGrayscale(1);
      case "solarize" -> new Solarize(result.at("threshold").number());
      case "gaussian_blur" -> blur(result);
      case "normalize" -> Normalize.of(result.at("mean").numbers(), result.at("std").numbers());
      default -> throw new IllegalArgumentException(result + ": no such operation " + operation);
    };
  }

  private static double factor(GoldenNode result) {
    return result.at("factor").number();
  }

  private static GaussianBlur blur(GoldenNode node) {
    double sigma = node.at("sigma").number();
    return GaussianBlur.simClr().withSigma(sigma, sigma).withKernelSize(node.at("size").integer());
  }

  private static Image cropResize(GoldenNode result, Image image) {
    boolean bicubic = result.at("note").text().startsWith("bicubic");
    return image.resizedCrop(
        result.at("top").integer(),
        result.at("left").integer(),
        result.at("height").integer(),
        result.at("width").integer(),
        result.at("out").at(0).integer(),
        result.at("out").at(1).integer(),
        bicubic ? Interpolation.BICUBIC : Interpolation.BILINEAR,
        true);
  }

  @Test
  void blursByTheSameKernels(GoldenFile file) {
    for (GoldenNode node : file.cases("gaussian_kernels")) {
      float[] point = new float[21]; // one bright pixel in a single row: the kernel itself
      point[10] = 1;
      Image blurred = blur(node).apply(Image.ofFloats(1, 21, 1, point), RandomStream.of(0));
      int size = node.at("size").integer();
      Image kernel = blurred.crop(0, 10 - size / 2, 1, size);
      node.at("kernel").tensor().assertMatches(kernel.toFloats(), Tolerance.FLOAT);
    }
  }
}
