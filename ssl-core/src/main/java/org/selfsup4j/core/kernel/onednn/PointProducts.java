package org.selfsup4j.core.kernel.onednn;

import org.selfsup4j.core.kernel.Epilogue;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.memory.Block;

/**
 * The gradient of a convolution's weights, point of the window by point: for each, one product of
 * the results' gradients with the places of the images that the point meets. What meets padding is
 * not multiplied, which on an image of 4x4 is three of ten places of a window of 3x3, and a product
 * of many rows runs at the processor's peak.
 */
final class PointProducts {

  static final long MOST_PLACES = 1024; // products of more rows are no faster

  private final Context context;
  private final Products products;

  PointProducts(Context context, Products products) {
    this.context = context;
    this.products = products;
  }

  /**
   * {@code dw} of a convolution without groups.
   *
   * @param x channels-last, as {@code dy} and of its type
   */
  void run(Window window, Block x, Block dy, Block dw) {
    Meetings meetings = new Meetings(window, x.size(2), x.size(3));
    long outputs = dw.size(0);
    long channels = dw.size(1);
    // Rows of one point lie together; dw's own order has the points innermost.
    Block byPoint = context.scratch().take(dw.size(2), dw.size(3), outputs, channels);
    Call product = null;
    for (int row = 0; row < window.height(); row++) {
      for (int column = 0; column < window.width(); column++) {
        Block point = byPoint.slice(0, row, row + 1).slice(1, column, column + 1);
        Block to = point.reshape(outputs, channels);
        Meetings.Results rows = meetings.rows(row);
        Meetings.Results columns = meetings.columns(column);
        if (rows.count() == 0 || columns.count() == 0) {
          context.copies().fill(to, 0);
        } else {
          product = point(x, dy, rows, columns, to);
        }
      }
    }
    context.copies().copy(byPoint.permute(2, 3, 0, 1), dw);
    if (product != null) {
      context.count("convolutionWeights", product);
    }
  }

  /** Some images at a time: the copies stay small, however many there are. */
  private Call point(Block x, Block dy, Meetings.Results rows, Meetings.Results columns, Block to) {
    long images = x.size(0);
    long step = Math.max(1, MOST_PLACES / (rows.count() * columns.count()));
    Call call = null;
    for (long at = 0; at < images; at += step) {
      long end = Math.min(images, at + step);
      int mark = context.scratch().mark();
      Block gradients = places(dy.slice(0, at, end), rows.itself(), columns.itself());
      Block met = places(x.slice(0, at, end), rows, columns);
      call = products.multiply(gradients.transposed(), met, Epilogue.NONE, to, at > 0);
      context.scratch().release(mark);
    }
    return call;
  }

  /** Places of images as the rows of a matrix [places, channels]: a view if all, else a copy. */
  private Block places(Block x, Meetings.Results rows, Meetings.Results columns) {
    long[] shape = {x.size(0), rows.count(), columns.count(), x.size(1)};
    long[] matrix = {shape[0] * shape[1] * shape[2], shape[3]};
    long[] rowMajor = {shape[3], 1};
    if (shape[1] == x.size(2) && shape[2] == x.size(3)) {
      return x.view(0, matrix, rowMajor);
    }
    long[] strides = {x.stride(0), rows.step() * x.stride(2), columns.step() * x.stride(3), 1};
    long start = rows.place() * x.stride(2) + columns.place() * x.stride(3);
    Block copy = context.scratch().take(x.type(), shape);
    context.copies().copy(x.view(start, shape, strides), copy);
    return copy.view(0, matrix, rowMajor);
  }
}
