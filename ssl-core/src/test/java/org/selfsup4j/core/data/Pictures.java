package org.selfsup4j.core.data;

import org.selfsup4j.core.random.RandomStream;

/** Images for tests. */
final class Pictures {

  private Pictures() {}

  /** Floats in [0, 1), each pixel drawn on its own. */
  static Image noise(int height, int width, int channels, long seed) {
    RandomStream random = RandomStream.of(seed);
    float[] pixels = new float[height * width * channels];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
    }
    return Image.ofFloats(height, width, channels, pixels);
  }

  /** 8-bit values, each pixel drawn on its own. */
  static Image noise8Bit(int height, int width, int channels, long seed) {
    return noise(height, width, channels, seed).toBytes();
  }

  /** One color. */
  static Image plain(int height, int width, float... color) {
    float[] pixels = new float[height * width * color.length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = color[i % color.length];
    }
    return Image.ofFloats(height, width, color.length, pixels);
  }

  /** An image of one row and one pixel whose color is {@code number / 255}, to be recognised by. */
  static Image numbered(int number) {
    return Image.ofBytes(1, 1, 3, new byte[] {(byte) number, (byte) number, (byte) number});
  }
}
