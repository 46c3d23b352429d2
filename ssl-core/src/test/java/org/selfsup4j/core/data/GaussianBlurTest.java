package org.selfsup4j.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.random.RandomStream;

class GaussianBlurTest {

  @Property(tries = 100)
  void isTheSumOverTheSquareOfItsKernel(
      @ForAll @IntRange(min = 1, max = 9) int height,
      @ForAll @IntRange(min = 1, max = 9) int width,
      @ForAll @IntRange(min = 1, max = 4) int channels,
      @ForAll @IntRange(min = 1, max = 6) int radius,
      @ForAll @DoubleRange(min = 0.1, max = 3) double sigma) {
    Image image = Pictures.noise(height, width, channels, 1);
    GaussianBlur blur =
        GaussianBlur.simClr().withSigma(sigma, sigma).withKernelSize(2 * radius + 1);
    Image blurred = blur.apply(image, RandomStream.of(1));
    Image padded = image.pad(radius, Border.REFLECT);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double sum = 0;
        double weights = 0;
        for (int i = -radius; i <= radius; i++) {
          for (int j = -radius; j <= radius; j++) {
            double weight = Math.exp(-(i * i + j * j) / (2 * sigma * sigma));
            sum += weight * padded.value(y + radius + i, x + radius + j, 0);
            weights += weight;
          }
        }
        assertThat((double) blurred.value(y, x, 0)).isCloseTo(sum / weights, within(1e-6));
      }
    }
  }

  @Test
  void theKernelIsATenthOfTheShorterSide() {
    assertThat(width(224, 300)).isEqualTo(23); // SimCLR's 23 for 224
    assertThat(width(96, 96)).isEqualTo(9);
    assertThat(width(32, 32)).isEqualTo(3);
    assertThat(width(19, 400)).isEqualTo(1);
  }

  /** How far one bright pixel is spread: the width of the kernel. */
  private static int width(int height, int width) {
    float[] pixels = new float[height * width];
    pixels[height / 2 * width + width / 2] = 1;
    Image image = Image.ofFloats(height, width, 1, pixels);
    Image blurred = GaussianBlur.simClr().withSigma(50, 50).apply(image, RandomStream.of(1));
    int count = 0;
    for (int x = 0; x < width; x++) {
      count += blurred.value(height / 2, x, 0) > 0 ? 1 : 0;
    }
    return count;
  }

  @Test
  void refusesKernelsWithoutAMiddle() {
    assertThatThrownBy(() -> GaussianBlur.simClr().withKernelSize(4))
        .hasMessageContaining("kernelSize is 4: it must be odd");
    assertThatThrownBy(() -> GaussianBlur.simClr().withSigma(0, 1))
        .hasMessageContaining("sigma is [0.0, 1.0]");
  }
}
