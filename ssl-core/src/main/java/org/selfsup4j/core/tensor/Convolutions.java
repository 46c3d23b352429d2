package org.selfsup4j.core.tensor;

import org.selfsup4j.core.kernel.Binary;
import org.selfsup4j.core.kernel.Epilogue;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.kernel.Reduction;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Strides;

/** Convolutions of images and signals; results lie channels-last in memory. */
public final class Convolutions {

  private Convolutions() {}

  /**
   * Convolution (cross-correlation, as everywhere in the field).
   *
   * @param x [N, C, H, W]
   * @param weight [O, C / groups, height, width] of the window
   * @param bias [O], or null
   * @return [N, O, H', W']
   * @throws ShapeException if channels, groups and window do not fit together
   */
  public static Tensor conv2d(Tensor x, Tensor weight, Tensor bias, Window window, int groups) {
    Operation op = Operation.of("conv2d", x, weight, bias);
    op.activationType(1);
    requireFit("conv2d", x, weight, window, groups);
    requireBias("conv2d", bias, weight.size(0));
    Shape shape = outputShape("conv2d", x, weight.size(0), window);
    Tensor y = op.result(x.type(), shape, Strides.channelsLast(shape.raw()));
    Epilogue epilogue = Epilogue.bias(bias == null ? null : bias.block());
    Block factor = op.factor(x); // what is saved for the backward pass
    op.kernels().convolution(window, groups, factor, weight.block(), epilogue, y.block());
    return op.record(
        y,
        g -> {
          Kernels k = g.kernels();
          Block dy = factor(g, g.upstream(), factor.type());
          if (g.wanted(0)) {
            k.convolutionInput(window, groups, weight.block(), dy, g.target(0));
          }
          if (g.wanted(1)) {
            k.convolutionWeights(window, groups, factor, dy, g.target(1));
          }
          biasGradient(g, 2);
        });
  }

  /**
   * Convolution of signals.
   *
   * @param x [N, C, L]
   * @param weight [O, C / groups, size]
   * @param bias [O], or null
   * @return [N, O, L']
   */
  public static Tensor conv1d(
      Tensor x, Tensor weight, Tensor bias, int stride, int padding, int dilation, int groups) {
    if (x.rank() != 3 || weight.rank() != 3) {
      throw new ShapeException(
          "conv1d: input [N, C, L] and weight [O, C / groups, size] are needed, got "
              + x.shape()
              + " and "
              + weight.shape());
    }
    int size = (int) weight.size(2);
    Window window = Window.of(1, size, 1, stride, 0, padding).withDilation(1, dilation);
    Tensor y = conv2d(Views.expand(x, 2), Views.expand(weight, 2), bias, window, groups);
    return Views.drop(y, 2);
  }

  /**
   * Transposed convolution: the gradient of a convolution for its input, used forwards.
   *
   * @param x [N, I, H, W]
   * @param weight [I, O / groups, height, width] of the window
   * @param bias [O], or null
   * @param outputPadding rows and columns added to the result at the bottom and the right
   * @return [N, O, (H - 1) stride - 2 padding + dilation (height - 1) + outputPadding + 1, ...]
   */
  public static Tensor convTranspose2d(
      Tensor x, Tensor weight, Tensor bias, Window window, int groups, int outputPadding) {
    Operation op = Operation.of("convTranspose2d", x, weight, bias);
    op.sameRealType();
    Shape shape = transposedShape(x, weight, window, groups, outputPadding); // [N, O, H, W]
    requireBias("convTranspose2d", bias, shape.size(1));
    Tensor y = op.result(x.type(), shape, Strides.channelsLast(shape.raw()));
    op.kernels().convolutionInput(window, groups, weight.block(), x.block(), y.block());
    if (bias != null) {
      Block b = bias.block().reshape(1, shape.size(1), 1, 1).broadcast(shape.raw());
      op.kernels().binary(Binary.ADD, y.block(), b, y.block());
    }
    return op.record(
        y,
        g -> {
          Kernels k = g.kernels();
          if (g.wanted(0)) {
            k.convolution(window, groups, g.upstream(), weight.block(), Epilogue.NONE, g.target(0));
          }
          if (g.wanted(1)) {
            k.convolutionWeights(window, groups, g.upstream(), x.block(), g.target(1));
          }
          biasGradient(g, 2);
        });
  }

  /** A gradient as its product takes it. */
  private static Block factor(Gradients g, Block dy, ElementType type) {
    if (dy.type() == type) {
      return dy;
    }
    long[] shape = dy.shape();
    Block rounded = g.scratch(type, shape).view(0, shape, Strides.channelsLast(shape));
    g.kernels().copy(dy, rounded);
    return rounded;
  }

  /** The output's shape, after a look at whether the operands fit together. */
  private static Shape transposedShape(
      Tensor x, Tensor weight, Window window, int groups, int outputPadding) {
    if (x.rank() != 4
        || weight.rank() != 4
        || groups < 1
        || x.size(1) != weight.size(0)
        || x.size(1) % groups != 0
        || weight.size(2) != window.height()
        || weight.size(3) != window.width()) {
      throw new ShapeException(
          "convTranspose2d: input [N, I, H, W] "
              + x.shape()
              + " does not fit weight [I, O / groups, height, width] "
              + weight.shape()
              + " with "
              + groups
              + " groups");
    }
    long rows =
        (x.size(2) - 1) * window.strideY()
            - window.top()
            - window.bottom()
            + (long) window.dilationY() * (window.height() - 1)
            + outputPadding
            + 1;
    long columns =
        (x.size(3) - 1) * window.strideX()
            - window.left()
            - window.right()
            + (long) window.dilationX() * (window.width() - 1)
            + outputPadding
            + 1;
    if (window.outputHeight(rows) != x.size(2) || window.outputWidth(columns) != x.size(3)) {
      throw new ShapeException(
          "convTranspose2d: outputPadding "
              + outputPadding
              + " must be smaller than the stride "
              + window.strideY()
              + " x "
              + window.strideX());
    }
    return Shape.of(x.size(0), weight.size(1) * groups, rows, columns);
  }

  private static void biasGradient(Gradients g, int input) {
    if (g.wanted(input)) {
      Block db = g.target(input);
      long channels = db.count();
      Block wide =
          db.view(0, new long[] {1, channels, 1, 1}, new long[] {channels, 1, channels, channels});
      g.kernels().reduce(Reduction.SUM, g.upstream(), wide);
    }
  }

  private static void requireBias(String name, Tensor bias, long channels) {
    if (bias != null && (bias.rank() != 1 || bias.size(0) != channels)) {
      throw new ShapeException(
          name + ": bias " + bias.shape() + " must be [" + channels + "], one for each channel");
    }
  }

  private static void requireFit(String name, Tensor x, Tensor weight, Window window, int groups) {
    if (x.rank() != 4
        || weight.rank() != 4
        || groups < 1
        || x.size(1) != weight.size(1) * groups
        || weight.size(0) % groups != 0
        || weight.size(2) != window.height()
        || weight.size(3) != window.width()) {
      throw new ShapeException(
          name
              + ": input [N, C, H, W] "
              + x.shape()
              + " does not fit weight [O, C / groups, height, width] "
              + weight.shape()
              + " with "
              + groups
              + " groups and a window of "
              + window.height()
              + "x"
              + window.width());
    }
  }

  static Shape outputShape(String name, Tensor x, long channels, Window window) {
    long rows = window.outputHeight(x.size(2));
    long columns = window.outputWidth(x.size(3));
    if (rows < 1 || columns < 1) {
      throw new ShapeException(
          name
              + ": an image of "
              + x.size(2)
              + "x"
              + x.size(3)
              + " is smaller than the window "
              + window.height()
              + "x"
              + window.width()
              + " with its padding: give larger images or a smaller window");
    }
    return Shape.of(x.size(0), channels, rows, columns);
  }
}
