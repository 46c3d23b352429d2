package org.selfsup4j.core.data;

import java.util.Arrays;

/**
 * Resizes a window of an image, rows first and columns second, in floats.
 *
 * <p>Rows come first because their sums run along memory and so become vector instructions; each
 * source row is turned into floats once, in a ring that holds no more rows than one result row
 * needs, so the window is never copied.
 */
final class Resampler {

  private Resampler() {}

  /**
   * For each result pixel of one axis: its first source pixel, how many follow, and their weights
   * ({@code weights[result * stride + k]}), which sum to 1.
   */
  private static final class Taps {
    final int[] first;
    final int[] count;
    final float[] weights;
    final int stride;

    private Taps(int out, int stride) {
      this.first = new int[out];
      this.count = new int[out];
      this.weights = new float[out * stride];
      this.stride = stride;
    }

    static Taps of(int in, int out, Interpolation mode, boolean antialias) {
      double scale = (double) in / out;
      double stretch = antialias ? Math.max(scale, 1) : 1;
      double support = mode.radius() * stretch;
      int stride = Math.min(in, (int) Math.ceil(2 * support) + 1);
      Taps taps = new Taps(out, stride);
      double[] row = new double[stride];
      for (int o = 0; o < out; o++) {
        double center = (o + 0.5) * scale;
        if (antialias) {
          taps.stretched(o, center, support, stretch, in, mode, row);
        } else {
          taps.clamped(o, center - 0.5, in, mode, row);
        }
      }
      return taps;
    }

    /** The kernel widened to the step between results; only pixels inside count. */
    private void stretched(
        int o,
        double center,
        double support,
        double stretch,
        int in,
        Interpolation mode,
        double[] row) {
      int low = Math.max(0, (int) (center - support + 0.5));
      int high = Math.min(in, (int) (center + support + 0.5));
      double sum = 0;
      for (int j = low; j < high; j++) {
        row[j - low] = mode.weight((j - center + 0.5) / stretch, true);
        sum += row[j - low];
      }
      store(o, low, high - low, row, sum);
    }

    /** The kernel as it is; what lies outside is the nearest pixel inside. */
    private void clamped(int o, double x, int in, Interpolation mode, double[] row) {
      double at = mode == Interpolation.BILINEAR ? Math.max(x, 0) : x;
      int floor = (int) Math.floor(at);
      int low = Math.max(0, floor + 1 - mode.radius());
      int high = Math.min(in - 1, floor + mode.radius());
      Arrays.fill(row, 0);
      for (int j = floor + 1 - mode.radius(); j <= floor + mode.radius(); j++) {
        row[Math.min(Math.max(j, low), high) - low] += mode.weight(at - j, false);
      }
      store(o, low, high - low + 1, row, 1);
    }

    private void store(int o, int low, int n, double[] row, double sum) {
      first[o] = low;
      count[o] = n;
      for (int k = 0; k < n; k++) {
        weights[o * stride + k] = (float) (row[k] / sum);
      }
    }
  }

  /**
   * The window of {@code image} at {@code top}, {@code left}, resized to {@code outHeight} by
   * {@code outWidth}: floats, channels last. The window must lie inside the image.
   */
  static float[] resize(
      Image image,
      int top,
      int left,
      int height,
      int width,
      int outHeight,
      int outWidth,
      Interpolation mode,
      boolean antialias) {
    Taps rows = Taps.of(height, outHeight, mode, antialias);
    Taps columns = Taps.of(width, outWidth, mode, antialias);
    int channels = image.channels();
    int run = width * channels;
    float[] result = new float[Math.multiplyExact(outHeight * outWidth, channels)];
    float[][] ring = new float[rows.stride][run];
    float[] sum = new float[run];
    int next = 0; // the first source row that is not in floats yet
    for (int o = 0; o < outHeight; o++) {
      int first = rows.first[o];
      int count = rows.count[o];
      for (next = Math.max(next, first); next < first + count; next++) {
        image.readRow(top + next, left, width, ring[next % ring.length]);
      }
      float[] line = ring[first % ring.length];
      if (count > 1 || rows.weights[o * rows.stride] != 1) {
        Rows.scale(line, rows.weights[o * rows.stride], sum, run);
        for (int k = 1; k < count; k++) {
          Rows.addScaled(
              ring[(first + k) % ring.length], rows.weights[o * rows.stride + k], sum, run);
        }
        line = sum;
      }
      alongRow(line, columns, channels, result, o * outWidth * channels);
    }
    return result;
  }

  private static void alongRow(float[] line, Taps taps, int channels, float[] to, int offset) {
    if (channels == 3) {
      alongRowOf3(line, taps.first, taps.count, taps.weights, taps.stride, to, offset);
      return;
    }
    for (int x = 0; x < taps.first.length; x++) {
      for (int c = 0; c < channels; c++) {
        float sum = 0;
        for (int k = 0; k < taps.count[x]; k++) {
          sum += taps.weights[x * taps.stride + k] * line[(taps.first[x] + k) * channels + c];
        }
        to[offset++] = sum;
      }
    }
  }

  private static void alongRowOf3(
      float[] line, int[] first, int[] count, float[] weights, int stride, float[] to, int offset) {
    for (int x = 0; x < first.length; x++) {
      float red = 0;
      float green = 0;
      float blue = 0;
      int from = first[x] * 3;
      int last = x * stride + count[x];
      for (int k = x * stride; k < last; k++) {
        float weight = weights[k];
        red += weight * line[from];
        green += weight * line[from + 1];
        blue += weight * line[from + 2];
        from += 3;
      }
      to[offset] = red;
      to[offset + 1] = green;
      to[offset + 2] = blue;
      offset += 3;
    }
  }
}
