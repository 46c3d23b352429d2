package org.selfsup4j.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.Color;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.random.RandomStream;

class ColorJitterTest {

  private final Image image = Pictures.noise(6, 7, 3, 1);

  /** Gray of torchvision. */
  private static double gray(Image image, int y, int x) {
    return 0.2989 * image.value(y, x, 0)
        + 0.587 * image.value(y, x, 1)
        + 0.114 * image.value(y, x, 2);
  }

  private static double clamp(double value) {
    return Math.min(1, Math.max(0, value));
  }

  private interface Expected {
    double at(int y, int x, int channel);
  }

  private static void assertPixels(Image got, Expected expected) {
    for (int y = 0; y < got.height(); y++) {
      for (int x = 0; x < got.width(); x++) {
        for (int c = 0; c < got.channels(); c++) {
          assertThat((double) got.value(y, x, c)).isCloseTo(expected.at(y, x, c), within(1e-6));
        }
      }
    }
  }

  private Image jittered(ColorJitter jitter) {
    return jitter.apply(image, RandomStream.of(2));
  }

  private static ColorJitter none() {
    return ColorJitter.of(0, 0, 0, 0);
  }

  @Test
  void brightnessMultiplies() {
    for (double factor : new double[] {0, 0.6, 1.4, 3}) {
      assertPixels(
          jittered(none().withBrightness(factor, factor)),
          (y, x, c) -> clamp(factor * image.value(y, x, c)));
    }
  }

  @Test
  void contrastBlendsWithTheMeanGray() {
    double mean = 0;
    for (int y = 0; y < 6; y++) {
      for (int x = 0; x < 7; x++) {
        mean += gray(image, y, x) / 42;
      }
    }
    for (double factor : new double[] {0, 0.6, 1.4, 3}) {
      double rest = (1 - factor) * mean;
      assertPixels(
          jittered(none().withContrast(factor, factor)),
          (y, x, c) -> clamp(factor * image.value(y, x, c) + rest));
    }
  }

  @Test
  void saturationBlendsWithTheGrayOfThePixel() {
    for (double factor : new double[] {0, 0.6, 1.4, 3}) {
      assertPixels(
          jittered(none().withSaturation(factor, factor)),
          (y, x, c) -> clamp(factor * image.value(y, x, c) + (1 - factor) * gray(image, y, x)));
    }
  }

  @Test
  void hueTurnsTheColorCircleAsJavaAwtDoes() {
    for (double turn : new double[] {-0.5, -0.21, 0.1, 1 / 3.0, 0.5}) {
      Image colors = Pictures.noise8Bit(16, 16, 3, 8);
      Image turned = none().withHue(turn, turn).apply(colors, RandomStream.of(2));
      for (int y = 0; y < 16; y++) {
        for (int x = 0; x < 16; x++) {
          float[] hsb =
              Color.RGBtoHSB(
                  Math.round(colors.value(y, x, 0) * 255),
                  Math.round(colors.value(y, x, 1) * 255),
                  Math.round(colors.value(y, x, 2) * 255),
                  null);
          Color expected = new Color(Color.HSBtoRGB((float) (hsb[0] + turn), hsb[1], hsb[2]));
          int[] channels = {expected.getRed(), expected.getGreen(), expected.getBlue()};
          for (int c = 0; c < 3; c++) { // AWT rounds to 8 bits
            assertThat(turned.value(y, x, c) * 255).isCloseTo(channels[c], within(0.502f));
          }
        }
      }
    }
  }

  @Test
  void grayHasNoHue() {
    Image plain = Pictures.plain(2, 2, 0.3f, 0.3f, 0.3f);
    assertThat(none().withHue(0.3, 0.3).apply(plain, RandomStream.of(1))).isEqualTo(plain);
  }

  @Test
  void theOrderIsDrawn() {
    ColorJitter jitter =
        new ColorJitter(Range.of(1.5, 1.5), Range.of(1.5, 1.5), Range.of(0.3, 0.3), Range.of(0, 0));
    Set<Image> results = new HashSet<>();
    for (int seed = 0; seed < 100; seed++) {
      results.add(jitter.apply(image, RandomStream.of(seed)));
    }
    assertThat(results).hasSize(6); // three operations that do not commute, in each order
  }

  @Test
  void strengthsBecomeRanges() {
    assertThat(ColorJitter.of(0.4, 2, 0, 0.1))
        .isEqualTo(
            new ColorJitter(
                Range.of(0.6, 1.4), Range.of(0, 3), Range.of(1, 1), Range.of(-0.1, 0.1)));
    assertThatThrownBy(() -> ColorJitter.of(-0.4, 0, 0, 0)).hasMessageContaining("brightness");
    assertThatThrownBy(() -> ColorJitter.of(0, 0, 0, 0.6))
        .hasMessage("hue is [-0.6, 0.6]: it must lie in [-0.5, 0.5]");
  }

  @Test
  void grayImagesHaveNoColorsToChange() {
    Image gray = Pictures.noise(5, 5, 1, 3);
    assertThat(ColorJitter.of(0, 0, 0.4, 0.1).apply(gray, RandomStream.of(4))).isEqualTo(gray);
    double mean = 0;
    for (float value : gray.toFloats()) {
      mean += value / 25.0;
    }
    double rest = 0.5 * mean;
    assertPixels(
        none().withContrast(0.5, 0.5).apply(gray, RandomStream.of(4)),
        (y, x, c) -> 0.5 * gray.value(y, x, 0) + rest);
  }

  @Test
  void otherChannelsHaveBrightnessAndContrastButNoColor() {
    Image five = Pictures.noise(4, 4, 5, 3);
    Image changed = ColorJitter.of(0.4, 0.4, 0, 0).apply(five, RandomStream.of(4));
    assertThat(changed.channels()).isEqualTo(5);
    assertThat(changed).isNotEqualTo(five);
    assertThatThrownBy(() -> ColorJitter.of(0.4, 0.4, 0.4, 0).apply(five, RandomStream.of(4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("saturation or hue needs an image of red, green and blue")
        .hasMessageContaining("5 channels");
  }
}
