package org.selfsup4j.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** Sums, means, extremes and where they stand. */
interface ReductionContract extends KernelsUnderTest {

  private static Numbers reduce(Reduction f, Numbers x, long[] shape) {
    Numbers y = Numbers.zeros(shape);
    double start =
        f == Reduction.MAX
            ? Double.NEGATIVE_INFINITY
            : f == Reduction.MIN ? Double.POSITIVE_INFINITY : 0;
    Numbers result = y.map(v -> start);
    long[] index = new long[shape.length];
    for (double value : x.values) {
      long[] target = index.clone();
      for (int i = 0; i < target.length; i++) {
        target[i] = shape[i] == 1 ? 0 : target[i];
      }
      int place = y.place(target);
      double old = result.values[place];
      result.values[place] =
          switch (f) {
            case SUM, MEAN -> old + value;
            case MAX -> Math.max(old, value);
            case MIN -> Math.min(old, value);
          };
      Numbers.advance(index, x.shape);
    }
    double share = (double) x.values.length / y.values.length;
    return f == Reduction.MEAN ? result.map(v -> v / share) : result;
  }

  @ParameterizedTest
  @MethodSource(ElementwiseContract.CASES)
  default void reductionsOverAnyAxes(ElementType type, Layout layout) {
    long[][] shapes = {{}, {1}, {6}, {3, 4}, {3, 1, 5}, {2, 3, 4, 5}, {300, 70}};
    for (long[] shape : shapes) {
      for (int axes = 0; axes < 1 << shape.length; axes++) {
        long[] reduced = shape.clone();
        for (int i = 0; i < shape.length; i++) {
          reduced[i] = (axes >> i & 1) == 1 ? 1 : shape[i];
        }
        for (Reduction f : Reduction.values()) {
          try (Memory memory = new Memory()) {
            Numbers x = Numbers.random(axes, shape);
            Block y = memory.room(type, layout, reduced);
            kernels().reduce(f, memory.put(type, layout, x), y);
            check(memory, f + " to " + y, y, reduce(f, x, reduced));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource(ElementwiseContract.CASES)
  default void reductionsOfRepeatedOperands(ElementType type, Layout layout) {
    long[][] targets = {{1, 1, 5}, {3, 1, 1}, {1, 4, 1}, {1, 1, 1}, {3, 4, 1}};
    for (long[] target : targets) {
      for (Reduction f : Reduction.values()) {
        try (Memory memory = new Memory()) {
          Block x = memory.put(type, layout, Numbers.random(1, 4, 1)).broadcast(3, 4, 5);
          Block y = memory.room(type, layout, target);
          kernels().reduce(f, x, y);
          check(memory, f + " of repeated", y, reduce(f, memory.get(x), target));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  default void sumsOfNothingAreZero(ElementType type) {
    try (Memory memory = new Memory()) {
      Block y = memory.room(type, Layout.ROWS, 1, 2);
      kernels().reduce(Reduction.SUM, memory.room(type, Layout.ROWS, 0, 2), y);
      assertThat(memory.get(y).values).containsExactly(0, 0);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  default void longSumsKeepTheirDigits(ElementType type) {
    try (Memory memory = new Memory()) {
      Numbers x = Numbers.random(5, 1_000_003).map(v -> v + 10);
      Block y = memory.room(type, Layout.ROWS, 1);
      kernels().reduce(Reduction.SUM, memory.rows(type, x), y);
      check(memory, "sum of a million", y, reduce(Reduction.SUM, x, new long[] {1}));
    }
  }

  @ParameterizedTest
  @MethodSource(ElementwiseContract.CASES)
  default void theFirstLargestIsFound(ElementType type, Layout layout) {
    long[][] shapes = {{1}, {6}, {3, 4}, {3, 1, 5}, {2, 3, 4, 5}, {3, 9000}};
    for (long[] shape : shapes) {
      for (int axis = 0; axis < shape.length; axis++) {
        try (Memory memory = new Memory()) {
          Numbers x = Numbers.whole(axis, 0, 4, shape); // many equal ones
          long[] target = shape.clone();
          target[axis] = 1;
          int along = axis;
          Numbers want =
              Numbers.build(
                  i -> {
                    long[] at = i.clone();
                    long best = 0;
                    double largest = Double.NEGATIVE_INFINITY;
                    for (at[along] = 0; at[along] < shape[along]; at[along]++) {
                      if (x.at(at) > largest) {
                        largest = x.at(at);
                        best = at[along];
                      }
                    }
                    return best;
                  },
                  target);
          Block y = memory.room(ElementType.INT64, layout, target);
          kernels().argMax(axis, memory.put(type, layout, x), y);
          assertThat(memory.get(y).values).isEqualTo(want.values);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource(ElementwiseContract.CASES)
  default void squaresAreAddedInDouble(ElementType type, Layout layout) {
    try (Memory memory = new Memory()) {
      Numbers x = Numbers.random(1, 7, 3, 31_000);
      double want = x.dot(x);
      double got = kernels().sumOfSquares(memory.put(type, layout, x));
      assertThat(got).isCloseTo(want, within(1e-12 * want));
    }
  }

  @ParameterizedTest
  @MethodSource(ElementwiseContract.CASES)
  default void squaredNormsAreCloseToSumsInDouble(ElementType type, Layout layout) {
    try (Memory memory = new Memory()) {
      Numbers x = Numbers.random(1, 600_007); // two tiles of a fast set, and a rest
      for (double scale : new double[] {1, 1e-16, 1e-22, 1e22}) {
        Numbers scaled = x.map(v -> (double) (float) (scale * (v + 0.1)));
        double want = scaled.dot(scaled);
        double got = kernels().squaredNorm(memory.put(type, layout, scaled));
        assertThat(got).as("scale %s", scale).isCloseTo(want, within(1e-7 * want));
      }
    }
  }

  @ParameterizedTest
  @MethodSource(ElementwiseContract.CASES)
  default void squaredNormsOfWhatIsNoNumberAreNone(ElementType type, Layout layout) {
    try (Memory memory = new Memory()) {
      for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
        Numbers x = Numbers.random(1, 300_000);
        x.values[77_777] = bad;
        double got = kernels().squaredNorm(memory.put(type, layout, x));
        assertThat(Double.isFinite(got)).as("with %s", bad).isFalse();
      }
    }
  }
}
