package org.selfsup4j.pretext.inpainting;

import org.selfsup4j.core.data.Image;

/**
 * What is hidden of an image, and how much the error of each pixel counts.
 *
 * @param hidden one channel: 1 where the encoder does not see, else 0
 * @param weight one channel: 1 where hidden, the overlap's weight within the overlap of that, else
 *     0
 */
record Hole(Image hidden, Image weight) {

  /**
   * With the border around what is hidden.
   *
   * @param hidden [size, size]
   * @param overlap width of the border in pixels, also across corners
   * @param overlapWeight of the border's error, against 1 of what is hidden
   */
  static Hole of(boolean[] hidden, int size, int overlap, double overlapWeight) {
    boolean[] wide = widened(widened(hidden, size, overlap, 1), size, overlap, size);
    float[] holes = new float[hidden.length];
    float[] weights = new float[hidden.length];
    for (int i = 0; i < hidden.length; i++) {
      holes[i] = hidden[i] ? 1 : 0;
      weights[i] = hidden[i] ? 1 : wide[i] ? (float) overlapWeight : 0;
    }
    return new Hole(Image.ofFloats(size, size, 1, holes), Image.ofFloats(size, size, 1, weights));
  }

  /** Set wherever one of the pixels up to {@code reach} before or behind along an axis is. */
  private static boolean[] widened(boolean[] pixels, int size, int reach, int stride) {
    boolean[] wide = new boolean[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      int place = i / stride % size;
      int from = Math.max(0, place - reach);
      int to = Math.min(size - 1, place + reach);
      for (int other = from; other <= to && !wide[i]; other++) {
        wide[i] = pixels[i + (other - place) * stride];
      }
    }
    return wide;
  }
}
