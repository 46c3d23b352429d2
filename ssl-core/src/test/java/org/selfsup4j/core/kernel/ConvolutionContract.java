package org.selfsup4j.core.kernel;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** Convolutions and their gradients. */
interface ConvolutionContract extends KernelsUnderTest {

  /** A convolution: sizes of the image and of the weights. */
  final class Case {
    private final Window window;
    private final int groups;
    private final long[] image;
    private final long[] weight;

    Case(Window window, int groups, long[] image, long[] weight) {
      this.window = window;
      this.groups = groups;
      this.image = image;
      this.weight = weight;
    }
  }

  List<Case> CONVOLUTIONS =
      List.of(
          new Case(Window.square(3, 1, 1), 1, shape(2, 2, 5, 6), shape(3, 2, 3, 3)),
          new Case(Window.square(3, 2, 1), 1, shape(2, 3, 6, 5), shape(2, 3, 3, 3)),
          new Case(Window.of(3, 2, 2, 1, 0, 1), 2, shape(2, 4, 7, 6), shape(6, 2, 3, 2)),
          new Case(
              Window.square(3, 1, 2).withDilation(2, 2), 1, shape(2, 2, 6, 6), shape(2, 2, 3, 3)),
          new Case(Window.square(3, 2, 1), 4, shape(2, 4, 5, 5), shape(4, 1, 3, 3)),
          new Case(Window.square(3, 1, 1), 4, shape(2, 4, 5, 5), shape(8, 1, 3, 3)),
          new Case(Window.square(1, 1, 0), 1, shape(2, 3, 4, 5), shape(4, 3, 1, 1)),
          new Case(Window.square(1, 1, 0), 2, shape(2, 4, 4, 5), shape(4, 2, 1, 1)),
          new Case(Window.square(1, 2, 0), 1, shape(2, 2, 5, 5), shape(3, 2, 1, 1)),
          new Case(Window.square(1, 1, 1), 1, shape(2, 2, 3, 3), shape(3, 2, 1, 1)),
          new Case(Window.square(4, 4, 0), 1, shape(2, 3, 8, 8), shape(4, 3, 4, 4)),
          new Case(Window.square(4, 4, 0), 1, shape(2, 3, 10, 11), shape(4, 3, 4, 4)),
          new Case(
              Window.of(3, 5, 3, 2, 1, 2).withDilation(1, 2),
              1,
              shape(2, 1, 8, 12),
              shape(2, 1, 3, 5)),
          new Case(Window.of(1, 3, 1, 1, 0, 1), 1, shape(2, 2, 1, 7), shape(3, 2, 1, 3)),
          new Case(Window.of(1, 10, 1, 5, 0, 3), 1, shape(2, 1, 1, 21), shape(2, 1, 1, 10)),
          new Case(
              new Window(3, 3, 1, 2, 0, 2, 1, 0, 1, 1), 1, shape(1, 3, 5, 7), shape(2, 3, 3, 3)),
          new Case(Window.square(7, 2, 3), 1, shape(1, 3, 9, 9), shape(4, 3, 7, 7)),
          new Case(Window.square(2, 3, 0), 1, shape(1, 2, 7, 7), shape(3, 2, 2, 2)),
          new Case(Window.square(3, 1, 3), 1, shape(1, 1, 2, 2), shape(1, 1, 3, 3)),
          new Case(Window.square(5, 1, 0), 1, shape(3, 2, 5, 5), shape(4, 2, 5, 5)),
          new Case(Window.square(3, 1, 1), 1, shape(1, 1, 1, 1), shape(1, 1, 3, 3)),
          // One channel and one column of results: oneDNN 3.13 alone gets these two wrong.
          new Case(
              new Window(3, 3, 1, 3, 0, 0, 0, 0, 1, 1), 1, shape(2, 1, 7, 5), shape(8, 1, 3, 3)),
          new Case(
              new Window(4, 2, 1, 2, 1, 2, 1, 0, 1, 1), 1, shape(2, 1, 4, 2), shape(3, 1, 4, 2)));

  private static long[] shape(long... sizes) {
    return sizes;
  }

  @ParameterizedTest
  @MethodSource(ElementwiseContract.CASES)
  default void convolutions(ElementType type, Layout layout) {
    for (Case c : CONVOLUTIONS) {
      for (Layout weights : List.of(Layout.ROWS, layout)) {
        try (Memory memory = new Memory()) {
          Numbers x = Numbers.random(1, c.image);
          Numbers w = Numbers.random(2, c.weight);
          Numbers want = PlainWindows.convolution(c.window, c.groups, x, w);
          Block image = memory.put(type, layout, x);
          Block weight = memory.put(type, weights, w);
          Block y = memory.room(type, layout, want.shape);
          kernels().convolution(c.window, c.groups, image, weight, Epilogue.NONE, y);
          check(memory, "convolution " + c.window, y, want);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource(ElementwiseContract.CASES)
  default void convolutionGradients(ElementType type, Layout layout) {
    for (Case c : CONVOLUTIONS) {
      try (Memory memory = new Memory()) {
        Numbers x = Numbers.random(1, c.image);
        Numbers w = Numbers.random(2, c.weight);
        Numbers dy = Numbers.random(3, PlainWindows.resultShape(c.window, c.image, c.weight[0]));
        Block given = memory.put(type, layout, dy);
        Block dx = memory.room(type, layout, c.image);
        kernels().convolutionInput(c.window, c.groups, memory.put(type, layout, w), given, dx);
        check(
            memory,
            "dx " + c.window,
            dx,
            PlainWindows.convolutionInput(c.window, c.groups, w, dy, c.image));
        Block dw = memory.room(type, layout, c.weight);
        kernels().convolutionWeights(c.window, c.groups, memory.put(type, layout, x), given, dw);
        check(
            memory,
            "dw " + c.window,
            dw,
            PlainWindows.convolutionWeights(c.window, c.groups, x, dy, c.weight));
      }
    }
  }

  @ParameterizedTest
  @MethodSource(ElementwiseContract.CASES)
  default void convolutionEpilogues(ElementType type, Layout layout) {
    Window window = Window.square(3, 1, 1);
    for (Unary f : new Unary[] {null, Unary.RELU, Unary.GELU, Unary.GELU_TANH}) {
      try (Memory memory = new Memory()) {
        Numbers x = Numbers.random(1, 2, 3, 4, 5);
        Numbers w = Numbers.random(2, 4, 3, 3, 3);
        Numbers bias = Numbers.random(3, 4);
        Numbers residual = Numbers.random(4, 2, 4, 4, 5);
        Block y = memory.room(type, layout, 2, 4, 4, 5);
        kernels()
            .convolution(
                window,
                1,
                memory.put(type, layout, x),
                memory.rows(type, w),
                Epilogue.of(memory.rows(type, bias), f, memory.put(type, layout, residual)),
                y);
        Numbers plain = PlainWindows.convolution(window, 1, x, w);
        check(
            memory,
            "epilogue " + f,
            y,
            Numbers.build(
                i -> {
                  double v = plain.at(i) + bias.at(i[1]);
                  return (f == null ? v : PlainFunctions.unary(f, 0, 0, v)) + residual.at(i);
                },
                2,
                4,
                4,
                5));
      }
    }
  }

  /** More than one tile of images and more than one thread's share. */
  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  default void largeConvolutions(ElementType type) {
    Case c = new Case(Window.square(3, 1, 1), 1, shape(24, 40, 32, 32), shape(3, 40, 3, 3));
    try (Memory memory = new Memory()) {
      Numbers x = Numbers.random(1, c.image);
      Numbers w = Numbers.random(2, c.weight);
      Numbers dy = Numbers.random(3, 24, 3, 32, 32);
      Block image = memory.put(type, Layout.CHANNELS_LAST, x);
      Block weight = memory.rows(type, w);
      Block given = memory.put(type, Layout.CHANNELS_LAST, dy);
      Block y = memory.room(type, Layout.CHANNELS_LAST, dy.shape);
      kernels().convolution(c.window, 1, image, weight, Epilogue.NONE, y);
      check(memory, "y", y, PlainWindows.convolution(c.window, 1, x, w));
      Block dx = memory.room(type, Layout.CHANNELS_LAST, c.image);
      kernels().convolutionInput(c.window, 1, weight, given, dx);
      check(memory, "dx", dx, PlainWindows.convolutionInput(c.window, 1, w, dy, c.image));
      Block dw = memory.room(type, Layout.ROWS, c.weight);
      kernels().convolutionWeights(c.window, 1, image, given, dw);
      check(memory, "dw", dw, PlainWindows.convolutionWeights(c.window, 1, x, dy, c.weight));
    }
  }

  @Test
  default void noImagesGiveNoGradient() {
    try (Memory memory = new Memory()) {
      ElementType type = ElementType.FLOAT;
      Block dw = memory.room(type, Layout.ROWS, 3, 2, 3, 3);
      kernels()
          .convolutionWeights(
              Window.square(3, 1, 1),
              1,
              memory.room(type, Layout.ROWS, 0, 2, 4, 4),
              memory.room(type, Layout.ROWS, 0, 3, 4, 4),
              dw);
      check(memory, "dw", dw, Numbers.zeros(3, 2, 3, 3));
    }
  }
}
