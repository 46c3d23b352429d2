package org.selfsup4j.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ImagePropertyTest {

  @Property(tries = 200)
  void flippedTwiceItIsItself(
      @ForAll @IntRange(min = 1, max = 9) int height,
      @ForAll @IntRange(min = 1, max = 9) int width,
      @ForAll @IntRange(min = 1, max = 5) int channels,
      @ForAll boolean bytes) {
    Image image = image(height, width, channels, bytes);
    assertThat(image.flipHorizontal().flipHorizontal()).isEqualTo(image);
    assertThat(image.flipVertical().flipVertical()).isEqualTo(image);
    assertThat(image.flipVertical().flipHorizontal()).isEqualTo(image.rotate90(2));
  }

  @Property(tries = 200)
  void turnedFourTimesItIsItself(
      @ForAll @IntRange(min = 1, max = 9) int height,
      @ForAll @IntRange(min = 1, max = 9) int width,
      @ForAll @IntRange(min = 1, max = 5) int channels,
      @ForAll boolean bytes) {
    Image image = image(height, width, channels, bytes);
    Image once = image.rotate90(1);
    for (int y = 0; y < width; y++) { // turn(x)[c][i][j] = x[c][j][W-1-i]
      for (int x = 0; x < height; x++) {
        assertThat(once.value(y, x, channels - 1))
            .isEqualTo(image.value(x, width - 1 - y, channels - 1));
      }
    }
    assertThat(once.rotate90(1)).isEqualTo(image.rotate90(2));
    assertThat(once.rotate90(2)).isEqualTo(image.rotate90(3));
    assertThat(once.rotate90(1).rotate90(1).rotate90(1)).isEqualTo(image);
  }

  @Property(tries = 200)
  void whatWasPaddedCanBeCutOutAgain(
      @ForAll @IntRange(min = 1, max = 9) int height,
      @ForAll @IntRange(min = 1, max = 9) int width,
      @ForAll @IntRange(min = 1, max = 4) int channels,
      @ForAll @IntRange(max = 12) int top,
      @ForAll @IntRange(max = 12) int left,
      @ForAll Border border,
      @ForAll boolean bytes) {
    Image image = image(height, width, channels, bytes);
    Image padded = image.pad(top, 2, left, 3, border);
    assertThat(padded.height()).isEqualTo(height + top + 2);
    assertThat(padded.width()).isEqualTo(width + left + 3);
    assertThat(padded.crop(top, left, height, width)).isEqualTo(image);
  }

  @Property(tries = 300)
  void resizesAsTheMatricesOfItsDefinitionDo(
      @ForAll @IntRange(min = 1, max = 14) int height,
      @ForAll @IntRange(min = 1, max = 14) int width,
      @ForAll @IntRange(min = 1, max = 14) int newHeight,
      @ForAll @IntRange(min = 1, max = 14) int newWidth,
      @ForAll @IntRange(min = 1, max = 4) int channels,
      @ForAll Interpolation mode,
      @ForAll boolean antialias,
      @ForAll boolean bytes) {
    Image image = image(height, width, channels, bytes);
    double[][] rows = matrix(height, newHeight, mode, antialias);
    double[][] columns = matrix(width, newWidth, mode, antialias);
    Image resized = image.resize(newHeight, newWidth, mode, antialias);
    for (int y = 0; y < newHeight; y++) {
      for (int x = 0; x < newWidth; x++) {
        for (int c = 0; c < channels; c++) {
          double sum = 0;
          for (int i = 0; i < height; i++) {
            for (int j = 0; j < width; j++) {
              sum += rows[y][i] * columns[x][j] * image.value(i, j, c);
            }
          }
          assertThat((double) resized.value(y, x, c)).isCloseTo(sum, within(2e-6));
        }
      }
    }
  }

  @Property(tries = 100)
  void resizingAWindowIsCroppingAndResizing(
      @ForAll @IntRange(min = 1, max = 6) int cropHeight,
      @ForAll @IntRange(min = 1, max = 8) int cropWidth,
      @ForAll @IntRange(min = 1, max = 9) int side,
      @ForAll Interpolation mode,
      @ForAll boolean bytes) {
    Image image = image(8, 11, 3, bytes);
    assertThat(image.resizedCrop(2, 3, cropHeight, cropWidth, side, side, mode, true))
        .isEqualTo(
            image.crop(2, 3, cropHeight, cropWidth).resize(side, side, mode, true).toFloat());
  }

  @Property(tries = 100)
  void onePlainColorStaysItself(
      @ForAll @IntRange(min = 1, max = 40) int height,
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll @IntRange(min = 1, max = 40) int newHeight,
      @ForAll @IntRange(min = 1, max = 40) int newWidth,
      @ForAll Interpolation mode,
      @ForAll boolean antialias) {
    Image plain = Pictures.plain(height, width, 0.25f, 0.5f, 0.75f);
    float[] resized = plain.resize(newHeight, newWidth, mode, antialias).toFloats();
    float[] expected = Pictures.plain(newHeight, newWidth, 0.25f, 0.5f, 0.75f).toFloats();
    assertThat(resized).containsExactly(expected, within(1e-6f));
  }

  private static Image image(int height, int width, int channels, boolean bytes) {
    return bytes
        ? Pictures.noise8Bit(height, width, channels, 5)
        : Pictures.noise(height, width, channels, 5);
  }

  /** The resampling matrix [out, in] by its definition, as golden/resize.json states it. */
  private static double[][] matrix(int in, int out, Interpolation mode, boolean antialias) {
    double[][] matrix = new double[out][in];
    double scale = (double) in / out;
    double stretch = antialias ? Math.max(scale, 1) : 1;
    double support = (mode == Interpolation.BILINEAR ? 1 : 2) * stretch;
    for (int o = 0; o < out; o++) {
      double center = (o + 0.5) * scale;
      double sum = 0;
      if (antialias) {
        for (int j = 0; j < in; j++) {
          boolean counted =
              j >= (int) (center - support + 0.5) && j < (int) (center + support + 0.5);
          matrix[o][j] = counted ? kernel(mode, -0.5, (j - center + 0.5) / stretch) : 0;
          sum += matrix[o][j];
        }
        for (int j = 0; j < in; j++) {
          matrix[o][j] /= sum;
        }
      } else {
        double x = mode == Interpolation.BILINEAR ? Math.max(center - 0.5, 0) : center - 0.5;
        for (int j = (int) Math.floor(x) - 1; j <= (int) Math.floor(x) + 2; j++) {
          matrix[o][Math.min(Math.max(j, 0), in - 1)] += kernel(mode, -0.75, x - j);
        }
      }
    }
    return matrix;
  }

  private static double kernel(Interpolation mode, double a, double distance) {
    double x = Math.abs(distance);
    if (mode == Interpolation.BILINEAR) {
      return Math.max(0, 1 - x);
    }
    return x < 1
        ? (a + 2) * x * x * x - (a + 3) * x * x + 1
        : x < 2 ? a * x * x * x - 5 * a * x * x + 8 * a * x - 4 * a : 0;
  }
}
