package org.selfsup4j.core.data;

/**
 * Sums along runs of floats. Every array is read and written at one and the same index: only such
 * loops does HotSpot turn into vector instructions (an offset of its own for each array, and it
 * must fear that one overlaps the other). Shifted operands are therefore copied first.
 */
final class Rows {

  private Rows() {}

  /** {@code to[i] = factor from[i]}. */
  static void scale(float[] from, float factor, float[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] = factor * from[i];
    }
  }

  /** {@code to[i] += factor from[i]}. */
  static void addScaled(float[] from, float factor, float[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] += factor * from[i];
    }
  }

  /** {@code to[i] += factor (a[i] + b[i])}: two taps of a symmetric kernel. */
  static void addScaledPair(float[] a, float[] b, float factor, float[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] += factor * (a[i] + b[i]);
    }
  }

  /** {@code x[i] = x[i] factor[i] + shift[i]}. */
  static void scaleAndShift(float[] x, float[] factor, float[] shift, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = x[i] * factor[i] + shift[i];
    }
  }
}
