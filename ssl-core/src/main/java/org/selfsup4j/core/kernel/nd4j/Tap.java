package org.selfsup4j.core.kernel.nd4j;

import java.util.ArrayList;
import java.util.List;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.memory.Block;

/**
 * One point of a window: where it falls inside the image, and the results that see it there. What
 * falls into the padding belongs to no tap, so nothing has to be padded.
 *
 * @param index row-major place in the window
 * @param fromY first row of the result that sees this point inside the image; to {@code toY}
 * @param fromX first column of the result; to {@code toX}
 * @param imageY the row of the image that {@code fromY} sees
 * @param imageX the column of the image that {@code fromX} sees
 */
record Tap(
    Window window,
    int index,
    long fromY,
    long toY,
    long fromX,
    long toX,
    long imageY,
    long imageX) {

  /** The points of a window, row by row, without those that never fall inside the image. */
  static List<Tap> of(Window window, Block image, Block result) {
    List<Tap> taps = new ArrayList<>();
    for (int ky = 0; ky < window.height(); ky++) {
      long shiftY = (long) ky * window.dilationY() - window.top();
      long fromY = first(shiftY, window.strideY());
      long toY = end(shiftY, window.strideY(), image.size(2), result.size(2));
      for (int kx = 0; kx < window.width(); kx++) {
        long shiftX = (long) kx * window.dilationX() - window.left();
        long fromX = first(shiftX, window.strideX());
        long toX = end(shiftX, window.strideX(), image.size(3), result.size(3));
        if (fromY < toY && fromX < toX) {
          taps.add(
              new Tap(
                  window,
                  ky * window.width() + kx,
                  fromY,
                  toY,
                  fromX,
                  toX,
                  fromY * window.strideY() + shiftY,
                  fromX * window.strideX() + shiftX));
        }
      }
    }
    return taps;
  }

  private static long first(long shift, long stride) {
    return shift >= 0 ? 0 : Math.floorDiv(-shift + stride - 1, stride);
  }

  private static long end(long shift, long stride, long size, long results) {
    return Math.min(results, Math.floorDiv(size - 1 - shift, stride) + 1);
  }

  /** Whether these are all the taps of a window and every result sees each inside the image. */
  static boolean cover(Window window, List<Tap> taps, Block result) {
    return taps.size() == window.height() * window.width()
        && taps.stream().allMatch(tap -> tap.isSeenByAll(result));
  }

  private boolean isSeenByAll(Block result) {
    return toY - fromY == result.size(2) && toX - fromX == result.size(3);
  }

  /** Whether no two results see the same point. */
  static boolean areApart(Window window) {
    return window.strideY() > window.dilationY() * (window.height() - 1)
        && window.strideX() > window.dilationX() * (window.width() - 1);
  }

  /** What windows that lie inside the image see: [N, C, H', W', height, width]. */
  static Block windows(Window window, Block x, long rows, long columns) {
    long[] shape = {x.size(0), x.size(1), rows, columns, window.height(), window.width()};
    long[] strides = {
      x.stride(0),
      x.stride(1),
      x.stride(2) * window.strideY(),
      x.stride(3) * window.strideX(),
      x.stride(2) * window.dilationY(),
      x.stride(3) * window.dilationX()
    };
    return x.view(0, shape, strides);
  }

  /** The points of an image [N, C, H, W] that this tap reads: [N, C, rows, columns]. */
  Block image(Block x) {
    long[] shape = {x.size(0), x.size(1), toY - fromY, toX - fromX};
    long[] strides = {
      x.stride(0), x.stride(1), x.stride(2) * window.strideY(), x.stride(3) * window.strideX()
    };
    return x.view(imageY * x.stride(2) + imageX * x.stride(3), shape, strides);
  }

  /** The part of a result [N, C, H', W'] that this tap belongs to. */
  Block result(Block y) {
    return y.slice(2, fromY, toY).slice(3, fromX, toX);
  }
}
