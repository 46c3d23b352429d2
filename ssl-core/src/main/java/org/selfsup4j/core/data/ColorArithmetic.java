package org.selfsup4j.core.data;

/**
 * Color changes in place, on floats in [0, 1] in the order row, column, channel, as torchvision
 * defines them. Where three channels are needed, the array's length is a multiple of 3.
 */
final class ColorArithmetic {

  // ITU-R 601 as torchvision rounds it.
  private static final float RED = 0.2989f;
  private static final float GREEN = 0.587f;
  private static final float BLUE = 0.114f;

  private ColorArithmetic() {}

  /** {@code x = clamp(factor x)}. */
  static void brightness(float[] pixels, float factor) {
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = Math.max(0f, Math.min(1f, factor * pixels[i]));
    }
  }

  /** {@code x = clamp(factor x + (1 - factor) mean)}, with the mean of the image's gray. */
  static void contrast(float[] pixels, int channels, float factor) {
    float rest = (1 - factor) * meanGray(pixels, channels);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = Math.max(0f, Math.min(1f, factor * pixels[i] + rest));
    }
  }

  private static float meanGray(float[] pixels, int channels) {
    if (channels != 3) {
      double sum = 0;
      for (float value : pixels) {
        sum += value;
      }
      return (float) (sum / pixels.length);
    }
    double red = 0;
    double green = 0;
    double blue = 0;
    for (int i = 0; i + 2 < pixels.length; i += 3) {
      red += pixels[i];
      green += pixels[i + 1];
      blue += pixels[i + 2];
    }
    return (float) ((RED * red + GREEN * green + BLUE * blue) / (pixels.length / 3.0));
  }

  /** {@code x = clamp(factor x + (1 - factor) gray)} with the gray of each pixel. */
  static void saturation(float[] pixels, float factor) {
    float others = 1 - factor;
    for (int i = 0; i + 2 < pixels.length; i += 3) {
      float red = pixels[i];
      float green = pixels[i + 1];
      float blue = pixels[i + 2];
      float rest = others * (RED * red + GREEN * green + BLUE * blue);
      pixels[i] = clamp(factor * red + rest);
      pixels[i + 1] = clamp(factor * green + rest);
      pixels[i + 2] = clamp(factor * blue + rest);
    }
  }

  /** For loops that are no vectors: two branches, rarely taken, are faster than min and max. */
  private static float clamp(float x) {
    return x < 0 ? 0 : x > 1 ? 1 : x;
  }

  /** Every channel becomes the pixel's gray. */
  static void grayscale(float[] pixels) {
    for (int i = 0; i + 2 < pixels.length; i += 3) {
      float gray = RED * pixels[i] + GREEN * pixels[i + 1] + BLUE * pixels[i + 2];
      pixels[i] = gray;
      pixels[i + 1] = gray;
      pixels[i + 2] = gray;
    }
  }

  /**
   * Turns the hue of HSV by {@code shift} circles: with the hue in sixths of a circle, the largest
   * and the smallest channel keep their values and change places from sixth to sixth, the third
   * rises or falls between them.
   */
  static void hue(float[] pixels, float shift) {
    float turn = 6 * (shift - (float) Math.floor(shift)); // [0, 6]
    for (int i = 0; i + 2 < pixels.length; i += 3) {
      float red = pixels[i];
      float green = pixels[i + 1];
      float blue = pixels[i + 2];
      float most = red > green ? red : green;
      most = blue > most ? blue : most;
      float least = red < green ? red : green;
      least = blue < least ? blue : least;
      float chroma = most - least;
      if (chroma == 0) {
        continue; // gray has no hue
      }
      float hue;
      if (red == most) {
        hue = (green - blue) / chroma; // [-1, 1]
      } else if (green == most) {
        hue = 2 + (blue - red) / chroma;
      } else {
        hue = 4 + (red - green) / chroma;
      }
      hue += turn + 6; // [5, 17]
      int sixth = (int) hue;
      float rising = least + chroma * (hue - sixth);
      float falling = most - chroma * (hue - sixth);
      switch (sixth % 6) {
        case 0 -> store(pixels, i, most, rising, least); // red to yellow
        case 1 -> store(pixels, i, falling, most, least);
        case 2 -> store(pixels, i, least, most, rising); // green to cyan
        case 3 -> store(pixels, i, least, falling, most);
        case 4 -> store(pixels, i, rising, least, most); // blue to magenta
        default -> store(pixels, i, most, least, falling);
      }
    }
  }

  private static void store(float[] pixels, int i, float red, float green, float blue) {
    pixels[i] = red;
    pixels[i + 1] = green;
    pixels[i + 2] = blue;
  }
}
