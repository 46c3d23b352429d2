package org.selfsup4j.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.DoubleBinaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** Functions of one and two numbers, copies, masks. */
interface ElementwiseContract extends KernelsUnderTest {

  String CASES = "org.selfsup4j.core.kernel.KernelsUnderTest#typesAndLayouts";

  List<long[]> SHAPES =
      List.of(
          new long[] {},
          new long[] {1},
          new long[] {7},
          new long[] {3, 1, 5},
          new long[] {2, 3, 4, 5},
          new long[] {2, 2, 1, 3, 2, 2, 2, 3},
          new long[] {3, 0, 2});

  private static double setting(Unary f) {
    return switch (f) {
      case LINEAR -> 1.75;
      case POWER -> 3;
      case LEAKY_RELU -> 0.01;
      case ELU -> 1.5;
      case CLIP -> -0.5;
      default -> 0;
    };
  }

  private static Numbers domain(Unary f, Numbers x) {
    boolean positive = f == Unary.LOG || f == Unary.SQRT;
    return positive ? x.map(v -> Math.abs(v) + 0.5) : x.map(v -> 2 * v);
  }

  @ParameterizedTest
  @MethodSource(CASES)
  default void unaryFunctions(ElementType type, Layout layout) {
    for (Unary f : Unary.values()) {
      for (long[] shape : SHAPES) {
        try (Memory memory = new Memory()) {
          Numbers x = domain(f, Numbers.random(1, shape));
          Block input = memory.put(type, layout, x);
          Numbers want = x.map(v -> PlainFunctions.unary(f, setting(f), 1, v));
          Block y = memory.room(type, layout, shape);
          kernels().unary(f, setting(f), 1, input, y);
          check(memory, f + " of " + layout, y, want);
          Block rows = memory.room(type, Layout.ROWS, shape);
          kernels().unary(f, setting(f), 1, input, rows);
          check(memory, f + " from " + layout + " to rows", rows, want);
          kernels().unary(f, setting(f), 1, input, input);
          check(memory, f + " in place", input, want);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource(CASES)
  default void unaryGradients(ElementType type, Layout layout) {
    for (Unary f : Unary.values()) {
      for (long[] shape : SHAPES) {
        try (Memory memory = new Memory()) {
          // Not a multiple of 1/1024: no difference is taken over a kink.
          Numbers x = domain(f, Numbers.random(2, shape)).map(v -> v + 1.0 / 4096);
          Numbers dy = Numbers.random(3, shape);
          Numbers want = Numbers.zeros(shape);
          for (int i = 0; i < x.values.length; i++) {
            want.values[i] = dy.values[i] * PlainFunctions.slope(f, setting(f), 1, x.values[i]);
          }
          Block input = memory.put(type, layout, x);
          Block given = memory.put(type, layout, dy);
          Block dx = memory.room(type, layout, shape);
          kernels().unaryBackward(f, setting(f), 1, input, given, dx);
          nearly(memory, f + " gradient of " + layout, dx, want);
          kernels().unaryBackward(f, setting(f), 1, input, given, given);
          nearly(memory, f + " gradient in place of dy", given, want);
          memory.set(given, dy);
          kernels().unaryBackward(f, setting(f), 1, input, given, input);
          nearly(memory, f + " gradient in place of x", input, want);
        }
      }
    }
  }

  /** Enough elements for more than one thread. */
  @ParameterizedTest
  @MethodSource(CASES)
  default void largeOperands(ElementType type, Layout layout) {
    long[] shape = {70, 1200};
    try (Memory memory = new Memory()) {
      Numbers a = Numbers.random(1, shape);
      Numbers b = Numbers.random(2, shape);
      Block left = memory.put(type, layout, a);
      Block right = memory.rows(type, b);
      Block y = memory.room(type, layout, shape);
      kernels().binary(Binary.SUBTRACT, left, right, y);
      check(memory, "large difference", y, combine(Binary.SUBTRACT, a, b));
      kernels().unary(Unary.GELU, 0, 0, right, y);
      check(memory, "large gelu", y, b.map(v -> PlainFunctions.unary(Unary.GELU, 0, 0, v)));
      kernels().unaryBackward(Unary.RELU, 0, 0, left, right, y);
      check(memory, "large relu", y, Numbers.build(i -> a.at(i) > 0 ? b.at(i) : 0, shape));
      kernels().copy(right, y);
      check(memory, "large copy", y, b);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  default void gradientsAtKinksArePyTorchs(ElementType type) {
    assertThat(slopeAt(type, Unary.RELU, 0, 0, 0)).isEqualTo(0);
    assertThat(slopeAt(type, Unary.ABS, 0, 0, 0)).isEqualTo(0);
    assertThat(slopeAt(type, Unary.LEAKY_RELU, 0.25, 0, 0)).isEqualTo(0.25);
    assertThat(slopeAt(type, Unary.ELU, 1.5, 0, 0)).isEqualTo(1.5);
    assertThat(slopeAt(type, Unary.CLIP, -0.5, 0.5, -0.5)).isEqualTo(1);
    assertThat(slopeAt(type, Unary.CLIP, -0.5, 0.5, 0.5)).isEqualTo(1);
    assertThat(slopeAt(type, Unary.CLIP, -0.5, 0.5, 0.75)).isEqualTo(0);
    assertThat(slopeAt(type, Unary.CLIP, -0.5, 0.5, -0.75)).isEqualTo(0);
    assertThat(slopeAt(type, Unary.RELU, 0, 0, 3)).isEqualTo(1);
  }

  private double slopeAt(ElementType type, Unary f, double a, double b, double x) {
    try (Memory memory = new Memory()) {
      Block dx = memory.room(type, Layout.ROWS, 1);
      kernels()
          .unaryBackward(
              f, a, b, memory.rows(type, Numbers.of(x)), memory.rows(type, Numbers.of(1)), dx);
      return memory.get(dx).values[0];
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  default void largeArgumentsNeitherOverflowNorVanish(ElementType type) {
    Numbers x = Numbers.of(-1000, -90, -30, -8, -5, 5, 8, 30, 90, 1000);
    for (Unary f :
        List.of(
            Unary.TANH,
            Unary.SIGMOID,
            Unary.GELU,
            Unary.GELU_TANH,
            Unary.SOFTPLUS,
            Unary.SILU,
            Unary.ELU)) {
      try (Memory memory = new Memory()) {
        Block y = memory.room(type, Layout.ROWS, 10);
        Block dx = memory.room(type, Layout.ROWS, 10);
        kernels().unary(f, 1, 0, memory.rows(type, x), y);
        kernels()
            .unaryBackward(f, 1, 0, memory.rows(type, x), memory.rows(type, x.map(v -> 1)), dx);
        Numbers slopes = memory.get(dx);
        for (int i = 0; i < 10; i++) {
          double want = PlainFunctions.unary(f, 1, 0, x.values[i]);
          assertThat(memory.get(y).values[i])
              .as("%s(%s) in %s", f, x.values[i], type)
              .isCloseTo(want, org.assertj.core.data.Offset.offset(2e-5 * Math.abs(want) + 1e-37));
          assertThat(slopes.values[i]).as("slope of %s at %s", f, x.values[i]).isBetween(-0.5, 1.5);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  default void reluGradientFromItsResult(ElementType type) {
    try (Memory memory = new Memory()) {
      Block y = memory.rows(type, Numbers.of(0, 0, 3));
      Block dx = memory.room(type, Layout.ROWS, 3);
      kernels().unaryBackward(Unary.RELU, 0, 0, y, memory.rows(type, Numbers.of(5, 6, 7)), dx);
      assertThat(memory.get(dx).values).containsExactly(0, 0, 7);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  default void notANumberGoesThroughRelu(ElementType type) {
    for (Layout layout : Layout.values()) {
      try (Memory memory = new Memory()) {
        double[] wild = {Double.NaN, -1, 1, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 0};
        Block x = memory.put(type, layout, Numbers.of(wild).reshape(2, 3));
        kernels().unary(Unary.RELU, 0, 0, x, x);
        assertThat(memory.get(x).values)
            .containsExactly(Double.NaN, 0, 1, 0, Double.POSITIVE_INFINITY, 0);
      }
    }
  }

  private static DoubleBinaryOperator plain(Binary f) {
    return switch (f) {
      case ADD -> Double::sum;
      case SUBTRACT -> (a, b) -> a - b;
      case MULTIPLY -> (a, b) -> a * b;
      case DIVIDE -> (a, b) -> a / b;
      case MAXIMUM -> Math::max;
      case MINIMUM -> Math::min;
      case GREATER -> (a, b) -> a > b ? 1 : 0;
      case GREATER_EQUAL -> (a, b) -> a >= b ? 1 : 0;
      case EQUAL -> (a, b) -> a == b ? 1 : 0;
    };
  }

  private static Numbers combine(Binary f, Numbers a, Numbers b) {
    Numbers result = Numbers.zeros(a.shape);
    for (int i = 0; i < result.values.length; i++) {
      result.values[i] = plain(f).applyAsDouble(a.values[i], b.values[i]);
    }
    return result;
  }

  @ParameterizedTest
  @MethodSource(CASES)
  default void binaryFunctions(ElementType type, Layout layout) {
    for (Binary f : Binary.values()) {
      for (long[] shape : SHAPES) {
        try (Memory memory = new Memory()) {
          Numbers a = Numbers.random(4, shape).map(Math::rint);
          Numbers b = Numbers.random(5, shape).map(v -> Math.rint(v) == 0 ? 1 : Math.rint(v));
          Numbers want = combine(f, a, b);
          Block left = memory.put(type, layout, a);
          ElementType result = f.isComparison() ? ElementType.BOOL : type;
          Block y = memory.room(result, layout, shape);
          kernels().binary(f, left, memory.rows(type, b), y);
          check(memory, f + " " + layout + " with rows", y, want);
          Block rows = memory.room(result, Layout.ROWS, shape);
          kernels().binary(f, left, memory.put(type, layout, b), rows);
          check(memory, f + " " + layout + " to rows", rows, want);
          if (!f.isComparison()) {
            Block right = memory.put(type, layout, b);
            kernels().binary(f, left, right, right);
            check(memory, f + " in place of b", right, want);
            kernels().binary(f, left, memory.rows(type, b), left);
            check(memory, f + " in place of a", left, want);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource(CASES)
  default void broadcastOperands(ElementType type, Layout layout) {
    broadcastOperands(type, layout, 2, 3, 4, 5);
    broadcastOperands(type, layout, 5, 6, 7, 8); // small ones may take another way
  }

  private void broadcastOperands(ElementType type, Layout layout, long... shape) {
    List<long[]> parts =
        List.of(
            new long[] {},
            new long[] {shape[3]},
            new long[] {1, shape[1], 1, 1},
            new long[] {shape[0], 1, 1, shape[3]},
            new long[] {shape[0], shape[1], shape[2], 1},
            new long[] {shape[2], 1});
    for (Binary f : List.of(Binary.SUBTRACT, Binary.DIVIDE, Binary.GREATER)) {
      for (long[] left : parts) {
        for (long[] right : parts) {
          try (Memory memory = new Memory()) {
            Block a = memory.put(type, layout, Numbers.random(6, left)).broadcast(shape);
            Numbers positive = Numbers.random(7, right).map(v -> Math.abs(v) + 0.5);
            Block b = memory.put(type, layout, positive).broadcast(shape);
            Block y = memory.room(f.isComparison() ? ElementType.BOOL : type, layout, shape);
            kernels().binary(f, a, b, y);
            check(memory, f + " broadcast", y, combine(f, memory.get(a), memory.get(b)));
          }
        }
      }
    }
  }

  @Test
  default void wholeNumbersAreExactBeyondDouble() {
    try (Memory memory = new Memory()) {
      Block one = memory.ids(1, 1, 1);
      Block large = memory.ids(0, 0, 0);
      kernels().fill(large, 0x1p60);
      Block y = memory.ids(0, 0, 0);
      kernels().binary(Binary.ADD, large, one, y);
      assertThat(y.slab().buffer().getLong(y.slab().shift())).isEqualTo((1L << 60) + 1);
      kernels().binary(Binary.SUBTRACT, y, large, y);
      assertThat(memory.get(y).values).containsExactly(1, 1, 1);
      kernels().binary(Binary.MULTIPLY, memory.ids(3, 4, 5), memory.ids(-2, 7, 0), y);
      assertThat(memory.get(y).values).containsExactly(-6, 28, 0);
      Block mask = memory.room(ElementType.BOOL, Layout.ROWS, 3);
      kernels().binary(Binary.GREATER_EQUAL, memory.ids(3, 4, 5), memory.ids(4, 4, 4), mask);
      assertThat(memory.get(mask).values).containsExactly(0, 1, 1);
      Block same = memory.room(ElementType.BOOL, Layout.ROWS, 3);
      Block other = memory.rows(ElementType.BOOL, Numbers.of(0, 0, 1));
      kernels().binary(Binary.EQUAL, mask, other, same);
      assertThat(memory.get(same).values).containsExactly(1, 0, 1);
    }
  }

  @ParameterizedTest
  @MethodSource(CASES)
  default void copiesConvertBetweenAllTypes(ElementType unused, Layout layout) {
    List<ElementType> all =
        List.of(ElementType.FLOAT, ElementType.DOUBLE, ElementType.INT64, ElementType.BOOL);
    for (ElementType from : all) {
      for (ElementType to : all) {
        for (long[] shape : SHAPES) {
          try (Memory memory = new Memory()) {
            int low = from == ElementType.BOOL || to == ElementType.BOOL ? 0 : -3;
            int high = low == 0 ? 2 : 100;
            Numbers x = Numbers.whole(8, low, high, shape);
            Block y = memory.room(to, layout, shape);
            kernels().copy(memory.put(from, Layout.ROWS, x), y);
            check(memory, from + " to " + to, y, x);
            Block rows = memory.room(to, Layout.ROWS, shape);
            kernels().copy(memory.put(from, layout, x), rows);
            check(memory, from + " to " + to + " rows", rows, x);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource(CASES)
  default void fillsAndBroadcastCopies(ElementType type, Layout layout) {
    for (ElementType each : List.of(type, ElementType.INT64, ElementType.BOOL)) {
      try (Memory memory = new Memory()) {
        Block y = memory.room(each, layout, 3, 4, 5);
        for (double value : each == ElementType.BOOL ? new double[] {0, 1} : new double[] {0, -7}) {
          kernels().fill(y, value);
          check(memory, "fill", y, Numbers.zeros(3, 4, 5).map(v -> value));
        }
        Numbers x = Numbers.whole(9, 0, 2, 4, 1);
        Block repeated = memory.rows(each, x).broadcast(3, 4, 5);
        kernels().copy(repeated, y);
        check(memory, "repeated", y, Numbers.build(i -> x.at(i[1], 0), 3, 4, 5));
      }
    }
  }

  @ParameterizedTest
  @MethodSource(CASES)
  default void scaledSums(ElementType type, Layout layout) {
    double[][] factors = {{1, 1}, {2.5, 0}, {1, 0}, {-1, 1}, {0.25, 0.75}, {0, 2}};
    for (double[] factor : factors) {
      try (Memory memory = new Memory()) {
        Numbers x = Numbers.random(10, 4, 3, 5);
        Numbers old = Numbers.random(11, 4, 3, 5);
        Block input = memory.rows(type, x);
        Block y = memory.room(type, layout, 4, 3, 5); // not a number, where beta is 0
        if (factor[1] != 0) {
          memory.set(y, old);
        }
        kernels().addScaled(factor[0], input, factor[1], y);
        Numbers want = Numbers.build(i -> factor[0] * x.at(i) + factor[1] * old.at(i), 4, 3, 5);
        check(memory, "alpha x + beta y", y, want);
        kernels().addScaled(factor[0], input, factor[1], input);
        check(memory, "the same", input, x.map(v -> (factor[0] + factor[1]) * v));
      }
    }
  }

  @ParameterizedTest
  @MethodSource(CASES)
  default void masksChooseAndWhatIsNotChosenDoesNotShowThrough(ElementType type, Layout layout) {
    long[] shape = {3, 4, 5};
    Numbers mask = Numbers.whole(12, 0, 2, shape);
    for (ElementType each : List.of(type, ElementType.INT64, ElementType.BOOL)) {
      try (Memory memory = new Memory()) {
        Numbers a = Numbers.whole(13, 0, 2, shape);
        Block right = memory.put(each, layout, Numbers.of(1)).broadcast(shape);
        Block y = memory.room(each, layout, shape);
        Block choice = memory.put(ElementType.BOOL, layout, mask);
        kernels().where(choice, memory.rows(each, a), right, y);
        check(memory, "where", y, Numbers.build(i -> mask.at(i) == 1 ? a.at(i) : 1, shape));
      }
    }
    try (Memory memory = new Memory()) {
      Numbers a = mask.map(v -> v == 1 ? 3 : Double.NaN);
      Numbers b = mask.map(v -> v == 1 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
      Block y = memory.room(type, layout, shape);
      Block choice = memory.rows(ElementType.BOOL, mask);
      kernels().where(choice, memory.rows(type, a), memory.put(type, layout, b), y);
      check(memory, "where", y, mask.map(v -> v == 1 ? 3 : Double.POSITIVE_INFINITY));
      kernels().where(choice, memory.rows(type, b), memory.put(type, layout, a), y);
      check(memory, "where", y, mask.map(v -> v == 1 ? Double.NEGATIVE_INFINITY : Double.NaN));
    }
  }
}
