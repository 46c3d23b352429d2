package org.selfsup4j.core.kernel.nd4j;

import java.util.Arrays;
import java.util.List;
import org.selfsup4j.core.kernel.Reduction;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** Pooling, one point of the window after the other over all results at once. */
final class Pooling {

  private final Ops ops;
  private final Scratch scratch;
  private final Reductions reductions;

  Pooling(Ops ops, Scratch scratch, Reductions reductions) {
    this.ops = ops;
    this.scratch = scratch;
    this.reductions = reductions;
  }

  /** The largest under the window. */
  void max(Window window, Block x, Block y) {
    ops.fill(y, Double.NEGATIVE_INFINITY);
    for (Tap tap : Tap.of(window, x, y)) {
      Block seen = tap.result(y);
      ops.combine("maximum", seen, tap.image(x), seen);
    }
  }

  /** Gives dy to the first largest; found again by comparing, so nothing has to be remembered. */
  void maxBackward(Window window, Block x, Block y, Block dy, Block dx) {
    ops.fill(dx, 0);
    Block open = scratch.like(dy); // 1 until the gradient is given
    ops.fill(open, 1);
    for (Tap tap : Tap.of(window, x, y)) {
      int mark = scratch.mark();
      Block still = tap.result(open);
      Block equal = scratch.like(ElementType.BOOL, still);
      ops.combine("equals", tap.image(x), tap.result(y), equal);
      Block given = scratch.like(still);
      ops.copy(equal, given);
      ops.multiply(given, still, given);
      ops.subtract(still, given, still);
      ops.multiply(given, tap.result(dy), given);
      Block target = tap.image(dx);
      ops.add(target, given, target);
      scratch.release(mark);
    }
  }

  /** The mean under the window. */
  void average(Window window, boolean countPadding, Block x, Block y) {
    List<Tap> taps = Tap.of(window, x, y);
    if (isLarge(window, taps, y)) {
      reductions.reduce(Reduction.MEAN, Tap.windows(window, x, y.size(2), y.size(3)), sixAxes(y));
      return;
    }
    ops.fill(y, 0);
    for (Tap tap : taps) {
      Block seen = tap.result(y);
      ops.add(seen, tap.image(x), seen);
    }
    share(window, countPadding, x, y, y);
  }

  /** The gradient of the mean. */
  void averageBackward(Window window, boolean countPadding, Block dy, Block dx) {
    ops.fill(dx, 0);
    Block shared = scratch.like(dy);
    share(window, countPadding, dx, dy, shared);
    List<Tap> taps = Tap.of(window, dx, dy);
    if (isLarge(window, taps, dy) && Tap.areApart(window)) {
      Block windows = Tap.windows(window, dx, dy.size(2), dy.size(3));
      ops.copy(sixAxes(shared).broadcast(windows.shape()), windows);
      return;
    }
    for (Tap tap : taps) {
      Block target = tap.image(dx);
      ops.add(target, tap.result(shared), target);
    }
  }

  /** Whether one operation on all windows pays, which must lie inside the image for that. */
  private static boolean isLarge(Window window, List<Tap> taps, Block result) {
    int points = window.height() * window.width();
    return points > 16 && Tap.cover(window, taps, result);
  }

  /** A result as [N, C, H', W', 1, 1]. */
  private static Block sixAxes(Block y) {
    return y.view(0, sizes(y), Arrays.copyOf(y.strides(), 6));
  }

  private static long[] sizes(Block y) {
    return new long[] {y.size(0), y.size(1), y.size(2), y.size(3), 1, 1};
  }

  /** {@code shared = result / (number of points)}. */
  private void share(Window window, boolean countPadding, Block image, Block result, Block shared) {
    if (countPadding) {
      ops.scale(result, 1.0 / ((double) window.height() * window.width()), shared);
      return;
    }
    Block counts = scratch.rows(result.type(), 1, 1, result.size(2), result.size(3));
    ops.fill(counts, 0);
    for (Tap tap : Tap.of(window, image, result)) {
      Block seen = tap.result(counts);
      ops.shift(seen, 1, seen);
    }
    ops.divide(result, counts.broadcast(result.shape()), shared);
  }
}
