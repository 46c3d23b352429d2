package org.selfsup4j.testkit.operations;

import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.tensor.Convolutions;
import org.selfsup4j.testkit.CheckInput;
import org.selfsup4j.testkit.GradientCheck;

/** Convolutions of images and signals, and transposed ones. */
final class ConvolutionChecks {

  private ConvolutionChecks() {}

  static void addTo(CheckList list) {
    add2d(list, "3x3", Window.square(3, 1, 1), 1, 2, 3, 5, 4);
    add2d(list, "stride 2, odd sides", Window.square(3, 2, 1), 1, 3, 2, 5, 7);
    add2d(list, "1x1 with stride", Window.square(1, 2, 0), 1, 3, 4, 5, 5);
    add2d(list, "patches", Window.square(2, 2, 0), 1, 3, 4, 4, 6);
    add2d(list, "a rest unread", Window.square(2, 3, 0), 1, 2, 2, 7, 6);
    add2d(list, "two groups", Window.of(3, 2, 2, 1, 0, 1), 2, 4, 6, 5, 4);
    add2d(list, "depthwise", Window.square(3, 1, 1), 4, 4, 4, 4, 3);
    add2d(list, "depthwise, two a channel", Window.square(3, 2, 1), 3, 3, 6, 5, 4);
    add2d(list, "dilated", Window.square(3, 1, 2).withDilation(2, 2), 1, 2, 2, 5, 5);
    add2d(list, "all unlike", Window.of(3, 2, 2, 3, 1, 2).withDilation(1, 2), 1, 1, 2, 6, 7);
    add2d(list, "padding on one side", new Window(2, 3, 1, 1, 1, 0, 0, 2, 1, 1), 1, 2, 2, 3, 4);
    add2d(list, "one pixel", Window.square(1, 1, 0), 1, 5, 3, 1, 1);
    list.add(
        GradientCheck.of(
                "Convolutions.conv2d(Tensor, Tensor, Tensor, Window, int): without bias",
                t -> Convolutions.conv2d(t.get(0), t.get(1), null, Window.square(3, 1, 1), 1))
            .input(CheckInput.of("x", 2, 2, 4, 3))
            .input(CheckInput.of("weight", 3, 2, 3, 3)));
    add1d(list);
    addTransposed(list, "as upsampling", Window.square(2, 2, 0), 1, 0);
    addTransposed(list, "with outputPadding", Window.square(3, 2, 1), 1, 1);
    addTransposed(list, "groups", Window.square(3, 1, 1), 2, 0);
    addTransposed(list, "dilated", Window.square(2, 3, 0).withDilation(2, 2), 1, 2);
  }

  private static void add2d(
      CheckList list,
      String example,
      Window window,
      int groups,
      int inputs,
      int outputs,
      int rows,
      int columns) {
    list.add(
        GradientCheck.of(
                "Convolutions.conv2d(Tensor, Tensor, Tensor, Window, int): " + example,
                t -> Convolutions.conv2d(t.get(0), t.get(1), t.get(2), window, groups))
            .input(CheckInput.of("x", 2, inputs, rows, columns))
            .input(
                CheckInput.of("weight", outputs, inputs / groups, window.height(), window.width()))
            .input(CheckInput.of("bias", outputs)));
  }

  private static void add1d(CheckList list) {
    String name = "Convolutions.conv1d(Tensor, Tensor, Tensor, int, int, int, int): ";
    list.add(
        GradientCheck.of(
                name + "stride and padding",
                t -> Convolutions.conv1d(t.get(0), t.get(1), t.get(2), 2, 1, 1, 1))
            .input(CheckInput.of("x", 2, 3, 8))
            .input(CheckInput.of("weight", 2, 3, 4))
            .input(CheckInput.of("bias", 2)));
    list.add(
        GradientCheck.of(
                name + "groups, dilation, no bias",
                t -> Convolutions.conv1d(t.get(0), t.get(1), null, 1, 2, 2, 2))
            .input(CheckInput.of("x", 2, 4, 7))
            .input(CheckInput.of("weight", 6, 2, 3)));
  }

  private static void addTransposed(
      CheckList list, String example, Window window, int groups, int outputPadding) {
    list.add(
        GradientCheck.of(
                "Convolutions.convTranspose2d(Tensor, Tensor, Tensor, Window, int, int): "
                    + example,
                t ->
                    Convolutions.convTranspose2d(
                        t.get(0), t.get(1), t.get(2), window, groups, outputPadding))
            .input(CheckInput.of("x", 2, 4, 3, 2))
            .input(CheckInput.of("weight", 4, 3, window.height(), window.width()))
            .input(CheckInput.of("bias", 3L * groups)));
    list.add(
        GradientCheck.of(
                "Convolutions.convTranspose2d(Tensor, Tensor, Tensor, Window, int, int): "
                    + example
                    + ", without bias",
                t ->
                    Convolutions.convTranspose2d(
                        t.get(0), t.get(1), null, window, groups, outputPadding))
            .input(CheckInput.of("x", 1, 2, 2, 3))
            .input(CheckInput.of("weight", 2, 1, window.height(), window.width())));
  }
}
