package org.selfsup4j.testkit.data;

import org.junit.jupiter.api.Test;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.Interpolation;
import org.selfsup4j.testkit.golden.Filled;
import org.selfsup4j.testkit.golden.Golden;
import org.selfsup4j.testkit.golden.GoldenFile;
import org.selfsup4j.testkit.golden.GoldenNode;
import org.selfsup4j.testkit.golden.ReadsGolden;
import org.selfsup4j.testkit.golden.Tolerance;

@ReadsGolden({"rotation.json", "resize.json"})
class ImageGoldenTest {

  @Test
  void turnsAsRotationPredictionDoes(@Golden("rotation.json") GoldenFile file) {
    Image image = ChannelsFirst.image(3, 4, 4, file.root().filled("image").floats());
    for (GoldenNode rotation : file.cases("rotations")) {
      Image turned = image.rotate90(rotation.at("label").integer());
      rotation
          .at("values")
          .tensor()
          .assertMatches(new long[] {3, 4, 4}, ChannelsFirst.values(turned), Tolerance.FLOAT);
    }
  }

  @Test
  void resizesAsPyTorchDoes(@Golden("resize.json") GoldenFile file) {
    for (GoldenNode example : file.cases("cases")) {
      Filled input = example.at("tensors").at(0).filled();
      int height = (int) input.shape()[2];
      int width = (int) input.shape()[3];
      Interpolation mode =
          example.at("mode").text().equals("bicubic")
              ? Interpolation.BICUBIC
              : Interpolation.BILINEAR;
      int newHeight = example.at("out").at(0).integer();
      int newWidth = example.at("out").at(1).integer();
      Image resized =
          ChannelsFirst.image(2, height, width, input.floats())
              .resize(newHeight, newWidth, mode, example.at("antialias").flag());
      example
          .at("y")
          .tensor()
          .assertMatches(
              new long[] {1, 2, newHeight, newWidth},
              ChannelsFirst.values(resized),
              Tolerance.FLOAT);
    }
  }
}
