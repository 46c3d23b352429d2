package org.selfsup4j.core.kernel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/**
 * The same promises as {@link KernelsContract}, on windows, shapes and strides that nobody thought
 * of. A failure prints its seed.
 */
public abstract class KernelsProperties implements KernelsUnderTest {

  @Override
  public double tolerance(ElementType type) {
    return type == ElementType.FLOAT ? 2e-5 : 1e-11;
  }

  static int draw(Random random, int low, int high) {
    return low + random.nextInt(high - low + 1);
  }

  static Window window(Random r) {
    return new Window(
        draw(r, 1, 4),
        draw(r, 1, 4),
        draw(r, 1, 3),
        draw(r, 1, 3),
        draw(r, 0, 2),
        draw(r, 0, 2),
        draw(r, 0, 2),
        draw(r, 0, 2),
        draw(r, 1, 2),
        draw(r, 1, 2));
  }

  @Property(tries = 200, shrinking = ShrinkingMode.OFF)
  void convolutionsOfAnyWindow(
      @ForAll long seed, @ForAll Layout layout, @ForAll Layout other, @ForAll boolean wide) {
    Random r = new Random(seed);
    ElementType type = wide ? ElementType.DOUBLE : ElementType.FLOAT;
    Window w = window(r);
    long height = draw(r, 1, 9);
    long width = draw(r, 1, 9);
    if (w.outputHeight(height) < 1 || w.outputWidth(width) < 1) {
      return;
    }
    int groups = draw(r, 1, 3);
    long inputs = draw(r, 1, 3);
    long outputs = draw(r, 1, 3);
    Numbers x = Numbers.random(seed, draw(r, 1, 3), groups * inputs, height, width);
    Numbers k =
        Numbers.random(seed + 1, groups * outputs, x.shape[1] / groups, w.height(), w.width());
    Numbers want = PlainWindows.convolution(w, groups, x, k);
    Numbers given = Numbers.random(seed + 2, want.shape);
    try (Memory memory = new Memory()) {
      Block image = memory.put(type, layout, x);
      Block weights = memory.put(type, other, k);
      Block y = memory.room(type, other, want.shape);
      kernels().convolution(w, groups, image, weights, Epilogue.NONE, y);
      check(memory, "convolution " + w + " " + groups, y, want);
      Block dy = memory.put(type, layout, given);
      Block dx = memory.room(type, other, x.shape);
      kernels().convolutionInput(w, groups, weights, dy, dx);
      check(memory, "dx " + w, dx, PlainWindows.convolutionInput(w, groups, k, given, x.shape));
      Block dw = memory.room(type, layout, k.shape);
      kernels().convolutionWeights(w, groups, image, dy, dw);
      check(memory, "dw " + w, dw, PlainWindows.convolutionWeights(w, groups, x, given, k.shape));
    }
  }

  /** Some axes shuffled, sliced and repeated: a view such as tensors make. */
  private static Block twisted(Memory memory, ElementType type, Random r, long... shape) {
    int n = shape.length;
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      order.add(i);
    }
    Collections.shuffle(order, r);
    long[] stored = new long[n];
    int[] place = new int[n];
    boolean[] repeated = new boolean[n];
    for (int i = 0; i < n; i++) {
      int axis = order.get(i);
      place[axis] = i;
      repeated[axis] = r.nextInt(4) == 0;
      stored[i] = repeated[axis] ? 1 : shape[axis] + r.nextInt(2);
    }
    Block block = memory.rows(type, Numbers.random(r.nextLong(), stored)).permute(place);
    for (int axis = 0; axis < n; axis++) {
      if (!repeated[axis] && block.size(axis) > shape[axis]) {
        block = block.slice(axis, 1, block.size(axis));
      }
    }
    return block.broadcast(shape);
  }

  private static long[] shape(Random r) {
    long[] shape = new long[draw(r, 0, 6)];
    long count = 1;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = draw(r, 1, count < 2000 ? 9 : 2);
      count *= shape[i];
    }
    return shape;
  }

  @Property(tries = 300, shrinking = ShrinkingMode.OFF)
  void elementwiseOperationsOnAnyViews(@ForAll long seed, @ForAll Layout layout) {
    Random r = new Random(seed);
    ElementType type = r.nextBoolean() ? ElementType.DOUBLE : ElementType.FLOAT;
    long[] shape = shape(r);
    try (Memory memory = new Memory()) {
      Block a = twisted(memory, type, r, shape);
      Block b = twisted(memory, type, r, shape);
      Block mask = twisted(memory, type, r, shape);
      Numbers left = memory.get(a);
      Numbers right = memory.get(b);
      Numbers chooser = memory.get(mask);
      Block y = memory.room(type, layout, shape);
      kernels().binary(Binary.SUBTRACT, a, b, y);
      check(memory, "subtract", y, Numbers.build(i -> left.at(i) - right.at(i), shape));
      kernels().copy(a, y);
      check(memory, "copy", y, left);
      kernels().unary(Unary.TANH, 0, 0, a, y);
      check(memory, "tanh", y, left.map(Math::tanh));
      Block positive = memory.room(ElementType.BOOL, layout, shape);
      kernels().binary(Binary.GREATER, mask, a, positive);
      kernels().where(positive, a, b, y);
      check(
          memory,
          "where",
          y,
          Numbers.build(i -> chooser.at(i) > left.at(i) ? left.at(i) : right.at(i), shape));
    }
  }

  /** Every second of three rows: the next image starts where a further row would have been. */
  @Property(tries = 200, shrinking = ShrinkingMode.OFF)
  void copiesOfEveryNth(@ForAll long seed, @ForAll Layout layout) {
    Random r = new Random(seed);
    ElementType type =
        List.of(ElementType.DOUBLE, ElementType.FLOAT, ElementType.INT64).get(r.nextInt(3));
    long[] whole = {draw(r, 1, 4), draw(r, 1, 5), draw(r, 1, 7), draw(r, 1, 7)};
    long[] step = {draw(r, 1, 3), draw(r, 1, 3), draw(r, 1, 3), draw(r, 1, 3)};
    long[] shape = new long[4];
    long[] strides = new long[4];
    try (Memory memory = new Memory()) {
      Numbers x = Numbers.random(seed, whole);
      Block all = memory.put(type, layout, x);
      Numbers put = memory.get(all);
      for (int i = 0; i < 4; i++) {
        shape[i] = (whole[i] - 1) / step[i] + 1;
        strides[i] = step[i] * all.stride(i);
      }
      Block y = memory.room(type, Layout.ROWS, shape);
      kernels().copy(all.view(0, shape, strides), y);
      check(memory, "every nth", y, Numbers.build(i -> stepped(put, i, step), shape));
    }
  }

  private static double stepped(Numbers all, long[] index, long[] step) {
    return all.at(index[0] * step[0], index[1] * step[1], index[2] * step[2], index[3] * step[3]);
  }

  @Property(tries = 300, shrinking = ShrinkingMode.OFF)
  void sumsOfAnyViewsOverAnyAxes(@ForAll long seed, @ForAll Layout layout) {
    Random r = new Random(seed);
    ElementType type = r.nextBoolean() ? ElementType.DOUBLE : ElementType.FLOAT;
    long[] shape = shape(r);
    long[] target = shape.clone();
    for (int i = 0; i < target.length; i++) {
      target[i] = r.nextBoolean() ? 1 : shape[i];
    }
    try (Memory memory = new Memory()) {
      Block x = twisted(memory, type, r, shape);
      Numbers want = Numbers.zeros(target);
      Numbers largest = want.map(v -> Double.NEGATIVE_INFINITY);
      Numbers values = memory.get(x);
      long[] index = new long[shape.length];
      for (double value : values.values) {
        long[] at = index.clone();
        for (int i = 0; i < at.length; i++) {
          at[i] = Math.min(at[i], target[i] - 1);
        }
        want.add(value, at);
        int place = largest.place(at);
        largest.values[place] = Math.max(largest.values[place], value);
        Numbers.advance(index, shape);
      }
      Block y = memory.room(type, layout, target);
      kernels().reduce(Reduction.SUM, x, y);
      check(memory, "sum", y, want);
      kernels().reduce(Reduction.MAX, x, y);
      check(memory, "maximum", y, largest);
    }
  }
}
