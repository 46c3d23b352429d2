package org.selfsup4j.core.kernel.onednn;

import org.selfsup4j.core.kernel.Window;

/**
 * Which of oneDNN's implementations of a convolution to take where the first that it offers is not
 * the fastest: it puts the ones made of small products before the older, written out ones, also
 * where a row of the result is too short to fill such a product, or the window skips points. The
 * rules are of oneDNN 3.13 with AVX-512, measured with the repacking of the weights at 32 to 128
 * images of 64 to 1,024 channels; {@code docs/performance.md} has the figures.
 *
 * <p>They hold for the two instruction sets that were measured. With tiles (AMX) the first
 * implementation stays.
 */
record ConvolutionChoice(Window window, int groups) {

  private static final String FLOATS = ":avx512_core";
  private static final String ROUNDED = ":avx512_core_bf16";

  /**
   * The implementation of the convolution itself.
   *
   * @param first the name of oneDNN's first
   * @param width of the result
   * @return a name, or null for the first
   */
  String forward(String first, long width) {
    if (groups > 1) {
      return null;
    }
    if (isPointwise()) {
      return skips() ? pointwise(first) : null;
    }
    return first.endsWith(ROUNDED) && width <= 7 ? direct(first) : null;
  }

  /**
   * The implementation of the gradient for the input.
   *
   * @param first the name of oneDNN's first
   * @param channels of the input
   * @param width of the input
   * @return a name, or null for the first
   */
  String input(String first, long channels, long width) {
    if (groups > 1) {
      return null;
    }
    if (isPointwise()) {
      return skips() ? pointwise(first) : null;
    }
    boolean skipped = skips() && (first.endsWith(FLOATS) || channels <= 128);
    return skipped || width <= 4 ? direct(first) : null;
  }

  /**
   * Whether the gradient of the weights is quicker as products, point of the window by point: where
   * much of the window meets padding, or skips points, and the matrices are large enough.
   *
   * @param first the name of oneDNN's first
   * @param weights input channels by output channels
   * @param width of the result
   * @param places in all results
   */
  boolean weightsByPoint(String first, long weights, long width, long places) {
    boolean rounded = first.equals("jit_bf16" + ROUNDED);
    boolean measured = rounded || first.equals("jit" + FLOATS);
    if (!measured || groups > 1 || isPointwise() || places < 64) {
      return false;
    }
    if (width <= 4 && weights >= 128 * 256) {
      return true;
    }
    if (skips() && width <= 8) {
      return weights >= (rounded ? 64 * 128 : 256 * 512);
    }
    return width <= 7 && weights >= 512 * 512;
  }

  private boolean isPointwise() {
    return window.height() == 1 && window.width() == 1;
  }

  private boolean skips() {
    return window.strideY() > 1 || window.strideX() > 1;
  }

  private static String direct(String first) {
    return named(first, "jit", "jit_bf16");
  }

  private static String pointwise(String first) {
    return named(first, "jit_1x1", "jit_bf16_1x1");
  }

  private static String named(String first, String floats, String rounded) {
    if (first.endsWith(FLOATS)) {
      return floats + FLOATS;
    }
    return first.endsWith(ROUNDED) ? rounded + ROUNDED : null;
  }
}
