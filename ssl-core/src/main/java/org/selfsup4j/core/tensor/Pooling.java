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
    op.sameRealType();
    requireImages("maxPool2d", x);
    requirePadding("maxPool2d", window);
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
    op.sameRealType();
    requireImages("averagePool2d", x);
    requirePadding("averagePool2d", window);
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
   * unread: PyTorch's ceil_mode for maxPool2d of images of {@code rows x columns}.
   */
  public static Window reachingBorder(Window window, long rows, long columns) {
    int down =
        rest(
            rows + window.top() + window.bottom(),
            window.height(),
            window.dilationY(),
            window.strideY());
    int across =
        rest(
            columns + window.left() + window.right(),
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

  private static int rest(long padded, int size, int dilation, int stride) {
    long over = (padded - (long) dilation * (size - 1) - 1) % stride;
    return over == 0 ? 0 : (int) (stride - over);
  }

  private static void requireImages(String name, Tensor x) {
    if (x.rank() != 4) {
      throw new ShapeException(name + " needs images [N, C, H, W], got " + x.shape());
    }
  }

  private static void requirePadding(String name, Window window) {
    if (Math.max(window.top(), window.left()) >= Math.max(window.height(), window.width())) {
      throw new ShapeException(
          name
              + ": padding "
              + window.top()
              + "x"
              + window.left()
              + " leaves windows of "
              + window.height()
              + "x"
              + window.width()
              + " without a pixel: pad by less than the window");
    }
  }
}
