package org.selfsup4j.core.kernel;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** Matrix products. */
interface ProductContract extends KernelsUnderTest {

  @ParameterizedTest
  @MethodSource(ElementwiseContract.CASES)
  default void productsOfAnyLayout(ElementType type, Layout layout) {
    long[][] sizes = {
      {1, 1, 1},
      {1, 5, 3},
      {4, 1, 3},
      {4, 5, 1},
      {1, 5, 1},
      {1, 1, 4},
      {4, 1, 1},
      {7, 5, 3},
      {64, 33, 65}
    };
    long[][] leads = {{}, {3}, {2, 3}, {1, 2}};
    for (long[] lead : leads) {
      for (long[] size : sizes) {
        long[] left = shape(lead, size[0], size[1]);
        long[] right = shape(lead, size[1], size[2]);
        long[] result = shape(lead, size[0], size[2]);
        Numbers a = Numbers.random(1, left);
        Numbers b = Numbers.random(2, right);
        Numbers want = a.product(b);
        for (Layout other : List.of(layout, Layout.ROWS)) {
          try (Memory memory = new Memory()) {
            Block x = memory.put(type, layout, a);
            Block y = memory.put(type, other, b);
            Block c = memory.room(type, layout, result);
            kernels().matmul(x, y, Epilogue.NONE, c, false);
            check(memory, "product " + x + " " + y, c, want);
            kernels().matmul(x, y, Epilogue.NONE, c, true);
            check(memory, "accumulated", c, want.map(v -> 2 * v));
            Block d = memory.room(type, Layout.ROWS, result);
            kernels().matmul(x, y, Epilogue.NONE, d, false);
            check(memory, "product to rows", d, want);
          }
        }
      }
    }
  }

  private static long[] shape(long[] lead, long rows, long columns) {
    long[] shape = java.util.Arrays.copyOf(lead, lead.length + 2);
    shape[lead.length] = rows;
    shape[lead.length + 1] = columns;
    return shape;
  }

  @ParameterizedTest
  @MethodSource(ElementwiseContract.CASES)
  default void repeatedOperands(ElementType type, Layout layout) {
    try (Memory memory = new Memory()) {
      Block a = memory.put(type, layout, Numbers.random(1, 2, 3, 4, 5));
      Block b = memory.put(type, layout, Numbers.random(2, 5, 6)).broadcast(2, 3, 5, 6);
      Block c = memory.room(type, layout, 2, 3, 4, 6);
      kernels().matmul(a, b, Epilogue.NONE, c, false);
      check(memory, "one matrix for all", c, memory.get(a).product(memory.get(b)));

      Block one = memory.put(type, layout, Numbers.random(3, 4, 5)).broadcast(2, 3, 4, 5);
      Block many = memory.put(type, layout, Numbers.random(4, 2, 1, 5, 6)).broadcast(2, 3, 5, 6);
      kernels().matmul(one, many, Epilogue.NONE, c, false);
      check(memory, "repeated on the left", c, memory.get(one).product(memory.get(many)));

      Block row = memory.put(type, layout, Numbers.random(5, 1, 5)).broadcast(4, 5);
      Block column = memory.put(type, layout, Numbers.random(6, 5, 1)).broadcast(5, 6);
      Block flat = memory.room(type, layout, 4, 6);
      kernels().matmul(row, column, Epilogue.NONE, flat, false);
      check(memory, "repeated inside", flat, memory.get(row).product(memory.get(column)));
    }
  }

  @ParameterizedTest
  @MethodSource(ElementwiseContract.CASES)
  default void gradientsOfLinearWeights(ElementType type, Layout layout) {
    long[][] sizes = { // rows, in, out
      {1, 3, 4}, {5, 1, 4}, {5, 3, 1}, {7, 5, 3}, {70, 33, 65}, {300, 192, 17}, {1100, 130, 32}
    };
    for (long[] size : sizes) {
      Numbers x = Numbers.random(1, size[0], size[1]);
      Numbers dy = Numbers.random(2, size[0], size[2]);
      Numbers ones = Numbers.zeros(1, size[0]).map(v -> 1);
      for (Layout other : List.of(layout, Layout.ROWS)) {
        try (Memory memory = new Memory()) {
          Block dw = memory.room(type, other, size[2], size[1]);
          Block db = memory.room(type, other, size[2]);
          kernels().linearWeights(memory.put(type, layout, x), memory.put(type, other, dy), dw, db);
          String what = size[0] + " rows of " + size[1] + " to " + size[2];
          check(memory, "weights, " + what, dw, dy.transposed().product(x));
          check(memory, "bias, " + what, db, ones.product(dy).reshape(size[2]));
        }
      }
    }
  }

  /** Heads of an attention: views of packed queries, keys and values [N, T, 3, heads, d]. */
  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  default void attentionHeads(ElementType type) {
    try (Memory memory = new Memory()) {
      Block packed = memory.rows(type, Numbers.random(1, 2, 7, 3, 3, 4));
      Block heads = packed.permute(2, 0, 3, 1, 4); // [3, N, heads, T, d]
      Block q = part(heads, 0);
      Block k = part(heads, 1);
      Block v = part(heads, 2);
      Block scores = memory.room(type, Layout.ROWS, 2, 3, 7, 7);
      kernels().matmul(q, k.transposed(), Epilogue.NONE, scores, false);
      Numbers want = memory.get(q).product(memory.get(k.transposed()));
      check(memory, "scores", scores, want);
      Block joined = memory.room(type, Layout.ROWS, 2, 7, 3, 4).permute(0, 2, 1, 3);
      kernels().matmul(scores, v, Epilogue.NONE, joined, false);
      check(memory, "values", joined, want.product(memory.get(v)));
    }
  }

  private static Block part(Block packed, int index) {
    Block slice = packed.slice(0, index, index + 1);
    return slice.view(
        0,
        java.util.Arrays.copyOfRange(slice.shape(), 1, 5),
        java.util.Arrays.copyOfRange(slice.strides(), 1, 5));
  }

  @ParameterizedTest
  @MethodSource(ElementwiseContract.CASES)
  default void epilogues(ElementType type, Layout layout) {
    for (Unary f : new Unary[] {null, Unary.RELU, Unary.GELU, Unary.GELU_TANH}) {
      for (int parts = 0; parts < 4; parts++) {
        try (Memory memory = new Memory()) {
          Block a = memory.put(type, layout, Numbers.random(1, 3, 4, 5));
          Block b = memory.put(type, layout, Numbers.random(2, 5, 6)).broadcast(3, 5, 6);
          Numbers bias = Numbers.random(3, 6);
          Numbers residual = Numbers.random(4, 3, 4, 6);
          boolean biased = (parts & 1) == 1;
          boolean added = (parts & 2) == 2;
          Block c = memory.room(type, layout, 3, 4, 6);
          kernels()
              .matmul(
                  a,
                  b,
                  Epilogue.of(
                      biased ? memory.put(type, layout, bias) : null,
                      f,
                      added ? memory.put(type, layout, residual) : null),
                  c,
                  false);
          Numbers plain = memory.get(a).product(memory.get(b));
          Numbers want =
              Numbers.build(
                  i -> {
                    double v = plain.at(i) + (biased ? bias.at(i[2]) : 0);
                    v = f == null ? v : PlainFunctions.unary(f, 0, 0, v);
                    return v + (added ? residual.at(i) : 0);
                  },
                  3,
                  4,
                  6);
          check(memory, "bias " + biased + ", " + f + ", residual " + added, c, want);
        }
      }
    }
  }

  /** So many rows that a set may repack the right side first, in every layout of it. */
  @ParameterizedTest
  @MethodSource(ElementwiseContract.CASES)
  default void manyRows(ElementType type, Layout layout) {
    try (Memory memory = new Memory()) {
      Block a = memory.put(type, Layout.ROWS, Numbers.random(1, 300, 20));
      Block b = memory.put(type, layout, Numbers.random(2, 20, 33));
      Numbers plain = memory.get(a).product(memory.get(b));
      Block c = memory.room(type, Layout.ROWS, 300, 33);
      kernels().matmul(a, b, Epilogue.NONE, c, false);
      check(memory, "product", c, plain);
      kernels().matmul(a, b, Epilogue.NONE, c, true);
      check(memory, "added", c, plain.map(v -> 2 * v));
      kernels().matmul(a, b, Epilogue.scaled(-0.5), c, false);
      check(memory, "scaled", c, plain.map(v -> -0.5 * v));
    }
  }

  /** Few rows, each number the sum of very many: the gradient of a weight that widens. */
  @ParameterizedTest
  @MethodSource(ElementwiseContract.CASES)
  default void longSumsOfFewRows(ElementType type, Layout layout) {
    try (Memory memory = new Memory()) {
      Block gradient = memory.put(type, Layout.ROWS, Numbers.random(1, 170, 5));
      Block x = memory.put(type, Layout.ROWS, Numbers.random(2, 170, 21));
      Block weight = memory.room(type, layout, 5, 21);
      Block turned = gradient.transposed();
      kernels().matmul(turned, x, Epilogue.NONE, weight, false);
      Numbers plain = memory.get(turned).product(memory.get(x));
      check(memory, "product", weight, plain);
      kernels().matmul(turned, x, Epilogue.NONE, weight, true);
      check(memory, "added", weight, plain.map(v -> 2 * v));
    }
  }

  @Test
  default void emptySumsAreZero() {
    try (Memory memory = new Memory()) {
      ElementType type = ElementType.FLOAT;
      Block c = memory.room(type, Layout.ROWS, 2, 3);
      kernels()
          .matmul(
              memory.room(type, Layout.ROWS, 2, 0),
              memory.room(type, Layout.ROWS, 0, 3),
              Epilogue.NONE,
              c,
              false);
      check(memory, "nothing", c, Numbers.zeros(2, 3));
    }
  }
}
