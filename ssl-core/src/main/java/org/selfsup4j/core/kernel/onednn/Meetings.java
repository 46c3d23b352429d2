package org.selfsup4j.core.kernel.onednn;

import static java.util.stream.LongStream.range;

import org.selfsup4j.core.kernel.Window;

/**
 * Where a window meets the image and where padding alone.
 *
 * @param height of the image
 * @param width of the image
 */
record Meetings(Window window, long height, long width) {

  /** One axis: the image's size, the results' and the window's, and how the window moves. */
  private record Axis(long size, long results, int points, int stride, int before, int dilation) {

    boolean meets(long result, long point) {
      long at = result * stride + point * dilation - before;
      return at >= 0 && at < size;
    }

    boolean resultInPadding() {
      return range(0, results).anyMatch(r -> range(0, points).noneMatch(p -> meets(r, p)));
    }

    boolean pointInPadding() {
      return range(0, points).anyMatch(p -> range(0, results).noneMatch(r -> meets(r, p)));
    }
  }

  private Axis rows() {
    return new Axis(
        height,
        window.outputHeight(height),
        window.height(),
        window.strideY(),
        window.top(),
        window.dilationY());
  }

  private Axis columns() {
    return new Axis(
        width,
        window.outputWidth(width),
        window.width(),
        window.strideX(),
        window.left(),
        window.dilationX());
  }

  /** Whether a row or a column of results is computed from padding alone. */
  boolean resultInPadding() {
    return rows().resultInPadding() || columns().resultInPadding();
  }

  /** Whether a row or a column of the window never leaves the padding. */
  boolean weightInPadding() {
    return rows().pointInPadding() || columns().pointInPadding();
  }
}
