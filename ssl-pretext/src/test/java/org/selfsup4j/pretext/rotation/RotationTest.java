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
import org.selfsup4j.core.module.Linear;
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
          Rotation.Options.small((image, random) -> image),
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
      int turns = example.quarterTurns().get(0);
      seen.add(turns);
      GoldenNode want = file.cases("rotations").get(turns);
      assertThat(want.at("label").integer()).isEqualTo(turns);
      double[] got = new double[values.length];
      for (int c = 0; c < channels; c++) {
        for (int y = 0; y < side; y++) {
          for (int x = 0; x < side; x++) {
            got[(c * side + y) * side + x] = example.images().get(0).value(y, x, c);
          }
        }
      }
      want.at("values").tensor().assertMatches(got, Tolerance.FLOAT);
    }
  }

  @Test
  void copiesAreTurnedEachInItsOwnWay() {
    Rotation all =
        new Rotation(task.encoder(), task.head(), task.options().withCopies(Rotation.TURNS));
    Image image = Image.ofFloats(2, 2, 3, new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
    Sample<Image> sample = Sample.read(ListSource.of("one", List.of(image)), 0);
    Rotation.Example example = all.example(sample, RandomStream.of(5));
    assertThat(example.quarterTurns()).containsExactlyInAnyOrder(0, 1, 2, 3);
    for (int i = 0; i < Rotation.TURNS; i++) {
      assertThat(example.images().get(i).toFloats())
          .containsExactly(image.rotate90(example.quarterTurns().get(i)).toFloats());
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatThrownBy(() -> task.options().withCopies(5)).hasMessageContaining("copies is 5");
    assertThatThrownBy(
            () -> new Rotation(task.encoder(), Linear.of(7, 4, RandomStream.of(1)), task.options()))
        .hasMessageContaining("the head takes 7 features, the encoder gives 32");
    assertThatThrownBy(
            () ->
                new Rotation(task.encoder(), Linear.of(32, 3, RandomStream.of(1)), task.options()))
        .hasMessageContaining("the head gives 3 logits");
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
