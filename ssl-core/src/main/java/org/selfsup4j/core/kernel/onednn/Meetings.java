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

  /**
   * The results along one axis that a point of the window brings together with the image: a run.
   *
   * @param first the first of them
   * @param count how many; 0 where the point meets padding alone
   * @param place in the image that the first meets
   * @param step from there to the place that the next meets
   */
  record Results(long first, long count, long place, long step) {

    /** The places of the results themselves. */
    Results itself() {
      return new Results(first, count, first, 1);
    }
  }

  /** One axis: the image's size, the results' and the window's, and how the window moves. */
  private record Axis(long size, long results, int points, int stride, int before, int dilation) {

    Results meeting(long point) {
      long shift = point * dilation - before; // the place that result 0 would meet
      long first = Math.max(0, -Math.floorDiv(shift, stride));
      long end = Math.min(results, Math.floorDiv(size - 1 - shift, stride) + 1);
      return new Results(first, Math.max(0, end - first), first * stride + shift, stride);
    }

    private boolean meets(long result, long point) {
      long at = result * stride + point * dilation - before;
      return at >= 0 && at < size;
    }

    boolean resultInPadding() {
      return range(0, results).anyMatch(r -> range(0, points).noneMatch(p -> meets(r, p)));
    }

    boolean pointInPadding() {
      return range(0, points).anyMatch(p -> meeting(p).count() == 0);
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

  /** The rows of results where row {@code point} of the window meets the image. */
  Results rows(long point) {
    return rows().meeting(point);
  }

  /** The columns of results where column {@code point} of the window meets the image. */
  Results columns(long point) {
    return columns().meeting(point);
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
