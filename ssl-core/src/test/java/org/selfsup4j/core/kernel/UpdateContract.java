package org.selfsup4j.core.kernel;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** Steps of optimizers. */
interface UpdateContract extends KernelsUnderTest {

  /** Dense layouts: what the contract asks for. */
  private static boolean dense(Layout layout) {
    return layout != Layout.GAPS && layout != Layout.SLICED;
  }

  /** Large enough for more than one thread and more than one tile, once. */
  private static long[] shape(Layout layout) {
    return new long[] {3, layout == Layout.ROWS ? 90_001 : 101};
  }

  @ParameterizedTest
  @MethodSource(ElementwiseContract.CASES)
  default void sgdSteps(ElementType type, Layout layout) {
    if (!dense(layout)) {
      return;
    }
    for (double momentum : new double[] {0, 0.9}) {
      for (boolean nesterov : new boolean[] {false, true}) {
        try (Memory memory = new Memory()) {
          long[] shape = shape(layout);
          Numbers p = Numbers.random(1, shape);
          Numbers v = Numbers.zeros(shape);
          Block parameter = memory.put(type, layout, p);
          Block velocity = momentum == 0 ? null : memory.room(type, layout, shape);
          boolean ahead = nesterov && momentum > 0;
          for (int step = 0; step < 3; step++) {
            Numbers g = Numbers.random(step + 5, shape);
            Block gradient = memory.put(type, layout, g);
            kernels().sgd(parameter, gradient, velocity, 0.1, momentum, 0.01, ahead, step == 0);
            for (int i = 0; i < p.values.length; i++) {
              double d = g.values[i] + 0.01 * p.values[i];
              v.values[i] = step == 0 ? d : momentum * v.values[i] + d;
              double move = momentum == 0 ? d : ahead ? d + momentum * v.values[i] : v.values[i];
              p.values[i] -= 0.1 * move;
            }
            check(memory, "parameter", parameter, p);
            if (momentum > 0) {
              check(memory, "velocity", velocity, v);
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource(ElementwiseContract.CASES)
  default void adamSteps(ElementType type, Layout layout) {
    if (!dense(layout)) {
      return;
    }
    try (Memory memory = new Memory()) {
      long[] shape = shape(layout);
      Numbers p = Numbers.random(1, shape);
      Numbers m = Numbers.zeros(shape);
      Numbers s = Numbers.zeros(shape);
      Block parameter = memory.put(type, layout, p);
      Block first = memory.put(type, layout, m);
      Block second = memory.put(type, layout, s);
      for (int step = 1; step < 4; step++) {
        Numbers g = Numbers.random(step + 5, shape);
        Block gradient = memory.put(type, layout, g);
        kernels().adamW(parameter, gradient, first, second, 1e-2, 0.9, 0.999, 1e-8, 0.05, step);
        for (int i = 0; i < p.values.length; i++) {
          m.values[i] = 0.9 * m.values[i] + 0.1 * g.values[i];
          s.values[i] = 0.999 * s.values[i] + 0.001 * g.values[i] * g.values[i];
          double mean = m.values[i] / (1 - Math.pow(0.9, step));
          double root = Math.sqrt(s.values[i] / (1 - Math.pow(0.999, step)));
          p.values[i] = p.values[i] * (1 - 1e-2 * 0.05) - 1e-2 * mean / (root + 1e-8);
        }
        check(memory, "first moment", first, m);
        check(memory, "second moment", second, s);
        check(memory, "parameter", parameter, p);
      }
    }
  }
}
