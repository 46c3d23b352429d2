package org.selfsup4j.pretext.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.RandomResizedCrop;
import org.selfsup4j.core.random.RandomStream;

class MultiCropTest {

  private static final Augmentation NONE = (image, random) -> image.toFloat();

  /** Red is the row, green the column, both in [0, 1]: a crop tells where it was cut. */
  private static Image map() {
    float[] pixels = new float[64 * 64 * 3];
    for (int y = 0; y < 64; y++) {
      for (int x = 0; x < 64; x++) {
        pixels[(y * 64 + x) * 3] = y / 63f;
        pixels[(y * 64 + x) * 3 + 1] = x / 63f;
      }
    }
    return Image.ofFloats(64, 64, 3, pixels);
  }

  private static MultiCrop plain(int locals) {
    return new MultiCrop(
        RandomResizedCrop.of(32).withScale(0.4, 1),
        RandomResizedCrop.of(16).withScale(0.05, 0.4),
        locals,
        NONE,
        NONE,
        NONE);
  }

  /** The share of the map's area that a crop shows, short of half a pixel at each side. */
  private static double share(Image crop) {
    int last = crop.height() - 1;
    double down = crop.value(last, 0, 0) - crop.value(0, 0, 0);
    double across = crop.value(0, last, 1) - crop.value(0, 0, 1);
    double grown = (double) crop.height() / last; // from pixel centres to borders
    return down * grown * across * grown;
  }

  @Test
  void globalCropsShowMostAndLocalOnesAPart() {
    for (int seed = 0; seed < 50; seed++) {
      List<Image> crops = plain(4).apply(map(), RandomStream.of(seed));
      assertThat(crops).hasSize(6);
      for (int i = 0; i < 6; i++) {
        assertThat(crops.get(i).height()).isEqualTo(i < 2 ? 32 : 16);
        assertThat(crops.get(i).width()).isEqualTo(i < 2 ? 32 : 16);
        assertThat(share(crops.get(i))).isBetween(i < 2 ? 0.36 : 0.03, i < 2 ? 1.05 : 0.44);
      }
    }
  }

  @Test
  void aCropDependsOnItsNumberAlone() {
    List<Image> few = plain(1).apply(map(), RandomStream.of(3));
    List<Image> many = plain(4).apply(map(), RandomStream.of(3));
    for (int i = 0; i < 3; i++) {
      assertThat(few.get(i).toFloats()).containsExactly(many.get(i).toFloats());
    }
    assertThat(many.get(2).toFloats()).isNotEqualTo(many.get(3).toFloats());
    assertThat(plain(0).apply(map(), RandomStream.of(3))).hasSize(2);
  }

  @Test
  void eachKindOfCropHasItsOwnEnd() {
    MultiCrop marked =
        new MultiCrop(
            RandomResizedCrop.of(8), RandomResizedCrop.of(4), 2, mark(1), mark(2), mark(3));
    List<Image> crops = marked.apply(map(), RandomStream.of(1));
    double[] marks = crops.stream().mapToDouble(image -> image.value(0, 0, 0)).toArray();
    assertThat(marks).containsExactly(1, 2, 3, 3);
  }

  private static Augmentation mark(int number) {
    return (image, random) -> {
      float[] pixels = new float[image.toFloats().length];
      java.util.Arrays.fill(pixels, number);
      return Image.ofFloats(image.height(), image.width(), image.channels(), pixels);
    };
  }

  @Test
  void theUsualOnesAreThoseOfTheMethod() {
    MultiCrop crops = MultiCrop.of(224, 96, 8, NONE);
    assertThat(crops.count()).isEqualTo(10);
    assertThat(crops.global().scale().low()).isEqualTo(0.4);
    assertThat(crops.local().scale().high()).isEqualTo(0.4);
    assertThat(crops.local().scale().low()).isEqualTo(0.05);
    MultiCrop other = crops.withScales(0.1, 0.3).withLocals(2);
    assertThat(other.global().scale().low()).isEqualTo(0.3);
    assertThat(other.local().scale().high()).isEqualTo(0.3);
    assertThat(other.apply(map(), RandomStream.of(2))).hasSize(4);
  }

  @Test
  void smallImagesKeepTheirEdges() {
    MultiCrop small = MultiCrop.small(32, 16, 4, NONE);
    assertThat(small.global().scale().low()).isEqualTo(0.4);
    assertThat(small.local().scale().low()).isEqualTo(0.1);
    assertThat(small.local().scale().high()).isEqualTo(0.4);
    for (Augmentation after : List.of(small.first(), small.second(), small.others())) {
      assertThat(after.toString())
          .contains("ColorJitter", "RandomGrayscale")
          .doesNotContain("Blur", "Solarize");
    }
    assertThat(MultiCrop.of(32, 16, 4, NONE).first().toString()).contains("Blur");
  }

  @Test
  void refusesWhatIsNoMultiCrop() {
    assertThatThrownBy(() -> plain(-1)).hasMessageContaining("locals is -1");
    assertThatThrownBy(() -> MultiCrop.of(32, 96, 4, NONE))
        .hasMessageContaining("local crops of 96x96 are larger than the global ones of 32x32");
  }
}
