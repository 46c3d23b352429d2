package org.selfsup4j.pretext.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.ListSource;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.models.ResNet;
import org.selfsup4j.models.ResNetOptions;
import org.selfsup4j.testkit.golden.Golden;
import org.selfsup4j.testkit.golden.GoldenFile;
import org.selfsup4j.testkit.golden.GoldenNode;
import org.selfsup4j.testkit.golden.ReadsGolden;
import org.selfsup4j.testkit.golden.Tolerance;

@ReadsGolden("rotation.json")
class RotationTest {

  private final Rotation task =
      Rotation.of(
          ResNet.of(ResNetOptions.resnet18(ResNet.Stem.SMALL).withWidth(4), RandomStream.of(1)),
          new Rotation.Options((image, random) -> image),
          RandomStream.of(2));

  @Test
  void theExampleIsTurnedAsItsLabelSays(@Golden("rotation.json") GoldenFile file) {
    double[] values = file.root().at("tensors").at(0).filled().values(); // [C, H, W]
    long[] shape = file.root().at("tensors").at(0).filled().shape();
    int channels = (int) shape[0];
    int side = (int) shape[1];
    Image image = Image.ofFloats(side, side, channels, lastAxisFirst(values, channels, side));
    Sample<Image> sample = Sample.read(ListSource.of("one", List.of(image)), 0);
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; seen.size() < 4; i++) {
      Rotation.Example example = task.example(sample, RandomStream.of(i));
      seen.add(example.quarterTurns());
      GoldenNode want = file.cases("rotations").get(example.quarterTurns());
      assertThat(want.at("label").integer()).isEqualTo(example.quarterTurns());
      double[] got = new double[values.length];
      for (int c = 0; c < channels; c++) {
        for (int y = 0; y < side; y++) {
          for (int x = 0; x < side; x++) {
            got[(c * side + y) * side + x] = example.image().value(y, x, c);
          }
        }
      }
      want.at("values").tensor().assertMatches(got, Tolerance.FLOAT);
    }
  }

  @Test
  void refusesImagesThatAreNotSquare() {
    Image wide = Image.ofFloats(2, 3, 1, new float[6]);
    Sample<Image> sample = Sample.read(ListSource.of("one", List.of(wide)), 0);
    assertThatThrownBy(() -> task.example(sample, RandomStream.of(1)))
        .hasMessageContaining("rotation needs square images, got 2x3");
  }

  private static float[] lastAxisFirst(double[] planes, int channels, int side) {
    float[] pixels = new float[planes.length];
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < side * side; i++) {
        pixels[i * channels + c] = (float) planes[c * side * side + i];
      }
    }
    return pixels;
  }
}
