package org.selfsup4j.core.tensor;

import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Strides;

/** Fewer pixels: the largest or the mean of each neighbourhood. */
public final class Pooling {

  private Pooling() {}

  /** The largest number under the window; padding never wins. x [N, C, H, W]. */
  public static Tensor maxPool2d(Tensor x, Window window) {
    Operation op = Operation.of("maxPool2d", x);
    op.activationType(1);
    requireImages("maxPool2d", x);
    requirePixels("maxPool2d", x, window);
    Shape shape = Convolutions.outputShape("maxPool2d", x, x.size(1), window);
    Tensor y = op.result(x.type(), shape, Strides.channelsLast(shape.raw()));
    long bytes = op.recording() ? op.kernels().maxPoolWorkspace(window, x.block(), y.block()) : 0;
    Block workspace = op.saved(ElementType.BOOL, bytes);
    op.kernels().maxPool(window, x.block(), y.block(), workspace);
    return op.record(
        y,
        g ->
            g.kernels()
                .maxPoolBackward(
                    window, x.block(), y.block(), workspace, g.upstream(), g.target(0)));
  }

  /**
   * The mean under the window. x [N, C, H, W].
   *
   * @param countPadding whether padding counts as zeros, or the mean is of real pixels only
   */
  public static Tensor averagePool2d(Tensor x, Window window, boolean countPadding) {
    Operation op = Operation.of("averagePool2d", x);
    op.activationType(1);
    requireImages("averagePool2d", x);
    requirePixels("averagePool2d", x, window);
    Shape shape = Convolutions.outputShape("averagePool2d", x, x.size(1), window);
    Tensor y = op.result(x.type(), shape, Strides.channelsLast(shape.raw()));
    op.kernels().averagePool(window, countPadding, x.block(), y.block());
    return op.record(
        y, g -> g.kernels().averagePoolBackward(window, countPadding, g.upstream(), g.target(0)));
  }

  /** The mean of each map: [N, C, H, W] becomes [N, C]. */
  public static Tensor globalAveragePool(Tensor x) {
    requireImages("globalAveragePool", x);
    return x.mean(2, 3);
  }

  /** The maximum of each map: [N, C, H, W] becomes [N, C]. */
  public static Tensor globalMaxPool(Tensor x) {
    requireImages("globalMaxPool", x);
    return x.max(2, 3);
  }

  /**
   * The mean of each of {@code rows x columns} cells, which overlap where the sizes do not divide
   * (PyTorch's adaptive_avg_pool2d): [N, C, H, W] becomes [N, C, rows, columns].
   */
  public static Tensor adaptiveAveragePool2d(Tensor x, int rows, int columns) {
    requireImages("adaptiveAveragePool2d", x);
    return Resampling.separable(x, cells(x.size(2), rows), cells(x.size(3), columns));
  }

  private static double[][] cells(long size, int cells) {
    double[][] weights = new double[cells][(int) size];
    for (int i = 0; i < cells; i++) {
      int from = (int) Math.floorDiv(i * size, (long) cells);
      int to = (int) -Math.floorDiv(-(i + 1) * size, (long) cells);
      for (int j = from; j < to; j++) {
        weights[i][j] = 1.0 / (to - from);
      }
    }
    return weights;
  }

  /**
   * The window that reads to the border where {@code window} would leave a rest of the image
   * unread: PyTorch's ceil_mode for maxPool2d of images of {@code rows x columns}. As there, a
   * window that would begin behind the image is not added.
   */
  public static Window reachingBorder(Window window, long rows, long columns) {
    int down =
        rest(
            rows,
            window.outputHeight(rows),
            window.top(),
            window.bottom(),
            window.height(),
            window.dilationY(),
            window.strideY());
    int across =
        rest(
            columns,
            window.outputWidth(columns),
            window.left(),
            window.right(),
            window.width(),
            window.dilationX(),
            window.strideX());
    return new Window(
        window.height(),
        window.width(),
        window.strideY(),
        window.strideX(),
        window.top(),
        window.bottom() + down,
        window.left(),
        window.right() + across,
        window.dilationY(),
        window.dilationX());
  }

  private static int rest(
      long size, long outputs, int before, int after, int points, int dilation, int stride) {
    long padded = size + before + after;
    long over = Math.floorMod(padded - (long) dilation * (points - 1) - 1, (long) stride);
    boolean beginsInside = outputs * stride < size + before;
    return over == 0 || !beginsInside ? 0 : (int) (stride - over);
  }

  private static void requireImages(String name, Tensor x) {
    if (x.rank() != 4) {
      throw new ShapeException(name + " needs images [N, C, H, W], got " + x.shape());
    }
  }

  /** Refuses windows that would see nothing but padding. */
  private static void requirePixels(String name, Tensor x, Window w) {
    boolean rows =
        seesPixels(
            x.size(2), w.outputHeight(x.size(2)), w.height(), w.strideY(), w.top(), w.dilationY());
    boolean columns =
        seesPixels(
            x.size(3), w.outputWidth(x.size(3)), w.width(), w.strideX(), w.left(), w.dilationX());
    if (!rows || !columns) {
      throw new ShapeException(
          name
              + ": of an image of "
              + x.size(2)
              + "x"
              + x.size(3)
              + " some window of "
              + w.height()
              + "x"
              + w.width()
              + " would see padding alone: pad by less than the window");
    }
  }

  private static boolean seesPixels(
      long size, long outputs, int points, int stride, int before, int dilation) {
    for (long i = 0; i < outputs; i++) {
      boolean sees = false;
      for (int j = 0; j < points; j++) {
        long at = i * stride - before + (long) j * dilation;
        sees |= at >= 0 && at < size;
      }
      if (!sees) {
        return false;
      }
    }
    return true;
  }
}
