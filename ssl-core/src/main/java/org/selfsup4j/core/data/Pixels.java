package org.selfsup4j.core.data;

/** Loops over the arrays behind images, for both kinds of storage. */
final class Pixels {

  private static final float[] VALUE_OF_BYTE = new float[256];

  static {
    for (int i = 0; i < 256; i++) {
      VALUE_OF_BYTE[i] = i / 255f;
    }
  }

  private Pixels() {}

  /** The value that 8 bits stand for, in [0, 1]. */
  static float value(byte bits) {
    return VALUE_OF_BYTE[bits & 0xff];
  }

  /** {@code to[offset + i]} is the value of {@code from[start + i]}. */
  static void convert(byte[] from, int start, float[] to, int offset, int n) {
    for (int i = 0; i < n; i++) {
      to[offset + i] = VALUE_OF_BYTE[from[start + i] & 0xff];
    }
  }

  /** Copies {@code n} pixels that lie {@code step} numbers apart to a run of memory. */
  static void move(float[] from, int start, int step, float[] to, int offset, int n, int channels) {
    if (channels == 3) { // the usual case, without a loop of its own
      for (int x = 0; x < n; x++, offset += 3, start += step) {
        to[offset] = from[start];
        to[offset + 1] = from[start + 1];
        to[offset + 2] = from[start + 2];
      }
      return;
    }
    for (int x = 0; x < n; x++, offset += channels, start += step) {
      for (int c = 0; c < channels; c++) {
        to[offset + c] = from[start + c];
      }
    }
  }

  /** The same for bytes. */
  static void move(byte[] from, int start, int step, byte[] to, int offset, int n, int channels) {
    for (int x = 0; x < n; x++) {
      for (int c = 0; c < channels; c++) {
        to[offset + c] = from[start + c];
      }
      offset += channels;
      start += step;
    }
  }
}
