package org.selfsup4j.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.random.RandomStream;

class CropTest {

  /** Value of pixel (y, x) in channel 0 is its row, in channel 1 its column, both exactly. */
  private static Image coordinates(int height, int width) {
    float[] pixels = new float[height * width * 2];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        pixels[(y * width + x) * 2] = y;
        pixels[(y * width + x) * 2 + 1] = x;
      }
    }
    return Image.ofFloats(height, width, 2, pixels);
  }

  @Property(tries = 300)
  void resizedCropsLieInsideOfImagesOfAnySize(
      @ForAll @IntRange(min = 1, max = 60) int height,
      @ForAll @IntRange(min = 1, max = 60) int width,
      @ForAll @IntRange(min = 1, max = 12) int side,
      @ForAll long seed) {
    Image view =
        RandomResizedCrop.of(side).apply(coordinates(height, width), RandomStream.of(seed));
    assertThat(view.height()).isEqualTo(side);
    assertThat(view.width()).isEqualTo(side);
    for (int y = 0; y < side; y++) { // a window inside of the image shows rows and columns of it
      for (int x = 0; x < side; x++) {
        assertThat(view.value(y, x, 0)).isBetween(-1e-4f, height - 1 + 1e-4f);
        assertThat(view.value(y, x, 1)).isBetween(-1e-4f, width - 1 + 1e-4f);
      }
    }
  }

  @Test
  void resizedCropsHaveTheAreaAndShapeThatWereAskedFor() {
    Image image = coordinates(200, 300);
    RandomResizedCrop crop = RandomResizedCrop.of(64).withScale(0.1, 0.5).withRatio(0.5, 2);
    RandomStream random = RandomStream.of(3);
    double leastArea = 1;
    double mostArea = 0;
    double leastRatio = 9;
    double mostRatio = 0;
    for (int i = 0; i < 1000; i++) {
      Image view = crop.apply(image, random);
      // Rows and columns rise evenly inside: their differences give the window's size.
      double h = (view.value(40, 30, 0) - view.value(20, 30, 0)) / 20 * 64;
      double w = (view.value(30, 40, 1) - view.value(30, 20, 1)) / 20 * 64;
      leastArea = Math.min(leastArea, h * w / 60_000);
      mostArea = Math.max(mostArea, h * w / 60_000);
      leastRatio = Math.min(leastRatio, w / h);
      mostRatio = Math.max(mostRatio, w / h);
    }
    assertThat(leastArea).isCloseTo(0.1, within(0.01));
    assertThat(mostArea).isCloseTo(0.5, within(0.02));
    assertThat(leastRatio).isCloseTo(0.5, within(0.02));
    assertThat(mostRatio).isCloseTo(2, within(0.06));
  }

  @Test
  void aResizedCropWithoutChoiceIsTheWholeImageResized() {
    Image image = Pictures.noise8Bit(20, 20, 3, 4);
    RandomResizedCrop crop = RandomResizedCrop.of(8).withScale(1, 1).withRatio(1, 1);
    assertThat(crop.apply(image, RandomStream.of(1))).isEqualTo(image.resize(8, 8));
  }

  @Test
  void aResizedCropThatFitsNowhereIsTheLargestOneInTheMiddle() {
    Image strip = coordinates(10, 100); // no window of the whole area has a ratio up to 4/3
    Image view = RandomResizedCrop.of(5).withScale(1, 1).apply(strip, RandomStream.of(1));
    assertThat(view)
        .isEqualTo(strip.resizedCrop(0, 43, 10, 13, 5, 5, Interpolation.BILINEAR, true));
    Image tall = coordinates(100, 10);
    assertThat(RandomResizedCrop.of(5).withScale(1, 1).apply(tall, RandomStream.of(1)))
        .isEqualTo(tall.resizedCrop(43, 0, 13, 10, 5, 5, Interpolation.BILINEAR, true));
  }

  @Property(tries = 200)
  void cropsAreWindowsOfThePaddedImage(
      @ForAll @IntRange(min = 4, max = 12) int height,
      @ForAll @IntRange(min = 4, max = 12) int width,
      @ForAll @IntRange(max = 3) int padding,
      @ForAll Border border,
      @ForAll long seed) {
    Image image = coordinates(height, width);
    Image view = new RandomCrop(4, 4, padding, border).apply(image, RandomStream.of(seed));
    Image padded = image.pad(padding, border);
    boolean found = false;
    for (int y = 0; y <= padded.height() - 4; y++) {
      for (int x = 0; x <= padded.width() - 4; x++) {
        found |= padded.crop(y, x, 4, 4).equals(view);
      }
    }
    assertThat(found).isTrue();
  }

  @Test
  void cropsReachEveryPlace() {
    RandomStream random = RandomStream.of(9);
    Image image = coordinates(5, 5);
    boolean[] seen = new boolean[9];
    for (int i = 0; i < 200; i++) {
      Image view = RandomCrop.of(3, 0).apply(image, random);
      seen[(int) (view.value(0, 0, 0) * 3 + view.value(0, 0, 1))] = true;
    }
    assertThat(seen).doesNotContain(false);
  }

  @Test
  void cutsOutTheMiddle() {
    Image image = coordinates(7, 10);
    assertThat(CenterCrop.of(3).apply(image, RandomStream.of(0))).isEqualTo(image.crop(2, 4, 3, 3));
    // 3 / 2 and 5 / 2 go to the even neighbour: 2 and 2, as torchvision's center_crop
    assertThat(new CenterCrop(4, 5).apply(image, RandomStream.of(0)))
        .isEqualTo(image.crop(2, 2, 4, 5));
  }

  @Test
  void resizesTheShorterSide() {
    Image wide = Pictures.noise(20, 50, 1, 3);
    assertThat(ResizeShorterSide.of(8).apply(wide, RandomStream.of(0)))
        .isEqualTo(wide.resize(8, 20));
    assertThat(ResizeShorterSide.of(8).apply(wide.rotate90(1), RandomStream.of(0)))
        .isEqualTo(wide.rotate90(1).resize(20, 8));
    assertThat(Resize.of(8).apply(wide, RandomStream.of(0))).isEqualTo(wide.resize(8, 8));
  }

  @Test
  void refusesWhatDoesNotFit() {
    Image image = coordinates(10, 10);
    assertThatThrownBy(() -> RandomCrop.of(15, 2).apply(image, RandomStream.of(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a crop of 15x15 does not fit into image 10x10x2 (float) padded by 2: resize the images"
                + " before, or choose a smaller crop or more padding");
    assertThatThrownBy(() -> CenterCrop.of(11).apply(image, RandomStream.of(0)))
        .hasMessageContaining("11x11 does not fit");
    assertThatThrownBy(() -> RandomResizedCrop.of(8).withScale(0.5, 1.5))
        .hasMessageContaining("scale is [0.5, 1.5]");
    assertThatThrownBy(() -> RandomResizedCrop.of(8).withRatio(2, 1))
        .hasMessageContaining("the lower one first");
    assertThatThrownBy(() -> RandomResizedCrop.of(0)).hasMessageContaining("height is 0");
    assertThatThrownBy(() -> RandomCrop.of(8, -1)).hasMessageContaining("padding is -1");
  }
}
