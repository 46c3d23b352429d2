package org.selfsup4j.core.kernel;

/**
 * How a kernel of a convolution or a pooling moves over an image [N, C, H, W]: its size, steps,
 * padding on the four sides and dilation (1: none). One-dimensional signals have height 1.
 */
public record Window(
    int height,
    int width,
    int strideY,
    int strideX,
    int top,
    int bottom,
    int left,
    int right,
    int dilationY,
    int dilationX) {

  /** Checks that sizes, steps and dilations are at least 1 and paddings at least 0. */
  public Window {
    if (height < 1 || width < 1 || strideY < 1 || strideX < 1 || dilationY < 1 || dilationX < 1) {
      throw new IllegalArgumentException(
          String.format(
              "window %dx%d, stride %dx%d, dilation %dx%d: each must be at least 1",
              height, width, strideY, strideX, dilationY, dilationX));
    }
    if (top < 0 || bottom < 0 || left < 0 || right < 0) {
      throw new IllegalArgumentException(
          String.format(
              "padding top %d, bottom %d, left %d, right %d: none may be negative",
              top, bottom, left, right));
    }
  }

  /** A square window of {@code size} with one stride and one padding, not dilated. */
  public static Window square(int size, int stride, int padding) {
    return of(size, size, stride, stride, padding, padding);
  }

  /** A window with equal padding on opposite sides, not dilated. */
  public static Window of(int height, int width, int strideY, int strideX, int padY, int padX) {
    return new Window(height, width, strideY, strideX, padY, padY, padX, padX, 1, 1);
  }

  /** The same window with gaps between the points it reads. */
  public Window withDilation(int y, int x) {
    return new Window(height, width, strideY, strideX, top, bottom, left, right, y, x);
  }

  /** Rows of the result for {@code rows} rows of the image; not positive where it does not fit. */
  public long outputHeight(long rows) {
    return Math.floorDiv(rows + top + bottom - (long) dilationY * (height - 1) - 1, strideY) + 1;
  }

  /** Columns of the result for {@code columns} columns of the image. */
  public long outputWidth(long columns) {
    return Math.floorDiv(columns + left + right - (long) dilationX * (width - 1) - 1, strideX) + 1;
  }
}
