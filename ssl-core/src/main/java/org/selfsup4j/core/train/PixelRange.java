package org.selfsup4j.core.train;

/** Brings normalised pixels back into what can be shown. */
final class PixelRange {

  private PixelRange() {}

  /** Maps the smallest value to 0 and the largest to 1, unless all lie in [0, 1] already. */
  static void stretch(float[] values) {
    float low = Float.POSITIVE_INFINITY;
    float high = Float.NEGATIVE_INFINITY;
    for (float value : values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    if (low >= 0 && high <= 1) {
      return;
    }
    float scale = high > low ? 1 / (high - low) : 1;
    for (int i = 0; i < values.length; i++) {
      values[i] = (values[i] - low) * scale;
    }
  }
}
