package org.selfsup4j.core.kernel;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** Pooling and its gradients. */
interface PoolingContract extends KernelsUnderTest {

  List<Window> WINDOWS =
      List.of(
          Window.square(2, 2, 0),
          Window.square(3, 2, 1),
          Window.square(3, 2, 0),
          Window.square(3, 1, 1),
          Window.square(1, 1, 0),
          new Window(3, 3, 2, 2, 0, 1, 0, 1, 1, 1), // as with ceil_mode
          new Window(2, 3, 1, 2, 1, 0, 0, 1, 1, 1),
          Window.of(6, 7, 6, 7, 0, 0)); // global

  private static long[] image() {
    return new long[] {2, 3, 6, 7};
  }

  private static Numbers max(Window w, Numbers x) {
    Numbers y =
        Numbers.zeros(PlainWindows.resultShape(w, x.shape, x.shape[1]))
            .map(v -> Double.NEGATIVE_INFINITY);
    maps(
        x,
        (n, c) ->
            PlainWindows.walk(
                w,
                x.shape[2],
                x.shape[3],
                (oy, ox, ky, kx, iy, ix) -> {
                  int place = y.place(n, c, oy, ox);
                  y.values[place] = Math.max(y.values[place], x.at(n, c, iy, ix));
                }));
    return y;
  }

  /** Called for each map of a batch. */
  interface EachMap {
    void map(int n, int c);
  }

  private static void maps(Numbers x, EachMap each) {
    for (int n = 0; n < x.shape[0]; n++) {
      for (int c = 0; c < x.shape[1]; c++) {
        each.map(n, c);
      }
    }
  }

  private static Numbers maxGradient(Window w, Numbers x, Numbers y, Numbers dy) {
    Numbers dx = Numbers.zeros(x.shape);
    boolean[] given = new boolean[y.values.length];
    maps(
        x,
        (n, c) ->
            PlainWindows.walk(
                w,
                x.shape[2],
                x.shape[3],
                (oy, ox, ky, kx, iy, ix) -> {
                  int place = y.place(n, c, oy, ox);
                  if (!given[place] && x.at(n, c, iy, ix) == y.values[place]) {
                    given[place] = true;
                    dx.add(dy.values[place], n, c, iy, ix);
                  }
                }));
    return dx;
  }

  @ParameterizedTest
  @MethodSource(ElementwiseContract.CASES)
  default void maximaAndWhoGetsTheirGradient(ElementType type, Layout layout) {
    for (Window w : WINDOWS) {
      for (Numbers x :
          List.of(
              Numbers.random(1, image()).map(v -> v - 3), // all negative: padding must not win
              Numbers.whole(2, 0, 3, image()))) { // many equal
        try (Memory memory = new Memory()) {
          Block image = memory.put(type, layout, x);
          Numbers want = max(w, x);
          Block y = memory.room(type, layout, want.shape);
          kernels().maxPool(w, image, y, null);
          check(memory, "max", y, want);

          Block again = memory.room(type, layout, want.shape);
          long size = kernels().maxPoolWorkspace(w, image, again);
          Block workspace = memory.room(ElementType.BOOL, Layout.ROWS, size);
          kernels().maxPool(w, image, again, workspace);
          check(memory, "max for training", again, want);
          Numbers dy = Numbers.random(3, want.shape);
          Block dx = memory.room(type, layout, image());
          kernels().maxPoolBackward(w, image, again, workspace, memory.put(type, layout, dy), dx);
          check(memory, "max gradient " + w, dx, maxGradient(w, x, want, dy));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource(ElementwiseContract.CASES)
  default void means(ElementType type, Layout layout) {
    for (Window w : WINDOWS) {
      for (boolean countPadding : new boolean[] {true, false}) {
        try (Memory memory = new Memory()) {
          Numbers x = Numbers.random(1, image());
          Numbers y = Numbers.zeros(PlainWindows.resultShape(w, x.shape, x.shape[1]));
          Numbers counts = Numbers.zeros(y.shape);
          Numbers dx = Numbers.zeros(image());
          Numbers dy = Numbers.random(2, y.shape);
          maps(
              x,
              (n, c) ->
                  PlainWindows.walk(
                      w,
                      x.shape[2],
                      x.shape[3],
                      (oy, ox, ky, kx, iy, ix) -> {
                        y.add(x.at(n, c, iy, ix), n, c, oy, ox);
                        counts.add(1, n, c, oy, ox);
                      }));
          Numbers divisor = countPadding ? counts.map(v -> w.height() * w.width()) : counts;
          maps(
              x,
              (n, c) ->
                  PlainWindows.walk(
                      w,
                      x.shape[2],
                      x.shape[3],
                      (oy, ox, ky, kx, iy, ix) ->
                          dx.add(dy.at(n, c, oy, ox) / divisor.at(n, c, oy, ox), n, c, iy, ix)));
          Block result = memory.room(type, layout, y.shape);
          kernels().averagePool(w, countPadding, memory.put(type, layout, x), result);
          check(memory, "mean " + w, result, Numbers.build(i -> y.at(i) / divisor.at(i), y.shape));
          Block gradient = memory.room(type, layout, image());
          kernels().averagePoolBackward(w, countPadding, memory.put(type, layout, dy), gradient);
          check(memory, "mean gradient " + w, gradient, dx);
        }
      }
    }
  }
}
