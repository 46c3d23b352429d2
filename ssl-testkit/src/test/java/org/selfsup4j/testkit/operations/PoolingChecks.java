package org.selfsup4j.testkit.operations;

import java.util.function.UnaryOperator;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.tensor.Pooling;
import org.selfsup4j.core.tensor.Resampling;
import org.selfsup4j.core.tensor.Resampling.Interpolation;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.testkit.CheckInput;
import org.selfsup4j.testkit.GradientCheck;

/** Pooling and images of another size. */
final class PoolingChecks {

  private PoolingChecks() {}

  static void addTo(CheckList list) {
    addMax(list, "2x2", Window.square(2, 2, 0));
    addMax(list, "overlapping, padded", Window.square(3, 2, 1));
    addMax(list, "to the border", Pooling.reachingBorder(Window.square(3, 2, 0), 5, 6));
    addMax(list, "stride over the window", Window.square(2, 3, 0));
    addMax(list, "dilated", Window.square(2, 1, 0).withDilation(2, 3));
    addMax(list, "unlike sides", Window.of(3, 2, 1, 2, 1, 0));
    for (boolean count : new boolean[] {true, false}) {
      addAverage(list, "2x2", Window.square(2, 2, 0), count);
      addAverage(list, "padded", Window.square(3, 2, 1), count);
      addAverage(list, "unlike sides", Window.of(3, 2, 1, 2, 1, 0), count);
    }
    list.add(images("Pooling.globalAveragePool(Tensor)", Pooling::globalAveragePool, 2, 3, 3, 5));
    list.add(images("Pooling.globalMaxPool(Tensor)", Pooling::globalMaxPool, 2, 3, 3, 4));
    int[][] sizes = {{1, 1}, {2, 3}, {5, 6}, {7, 7}};
    for (int[] size : sizes) {
      list.add(
          images(
              "Pooling.adaptiveAveragePool2d(Tensor, int, int): " + size[0] + "x" + size[1],
              x -> Pooling.adaptiveAveragePool2d(x, size[0], size[1]),
              2,
              2,
              5,
              6));
    }
    for (Interpolation interpolation : Interpolation.values()) {
      for (boolean antialias : new boolean[] {true, false}) {
        String how = interpolation + (antialias ? " antialiased" : "");
        list.add(resize("larger, " + how, 5, 7, interpolation, antialias));
        list.add(resize("smaller, " + how, 2, 3, interpolation, antialias));
        list.add(resize("one row, " + how, 1, 4, interpolation, antialias));
      }
    }
  }

  private static GradientCheck images(String name, UnaryOperator<Tensor> f, long... shape) {
    return GradientCheck.of(name, t -> f.apply(t.get(0)))
        .input(CheckInput.of("x", shape).distinct());
  }

  private static void addMax(CheckList list, String example, Window window) {
    list.add(
        images(
            "Pooling.maxPool2d(Tensor, Window): " + example,
            x -> Pooling.maxPool2d(x, window),
            2,
            3,
            5,
            6));
  }

  private static void addAverage(CheckList list, String example, Window window, boolean count) {
    list.add(
        images(
            "Pooling.averagePool2d(Tensor, Window, boolean): "
                + example
                + (count ? ", padding counted" : ""),
            x -> Pooling.averagePool2d(x, window, count),
            2,
            3,
            5,
            6));
  }

  private static GradientCheck resize(
      String example, int rows, int columns, Interpolation interpolation, boolean antialias) {
    return images(
        "Resampling.resize(Tensor, int, int, Interpolation, boolean): " + example,
        x -> Resampling.resize(x, rows, columns, interpolation, antialias),
        2,
        2,
        3,
        5);
  }
}
