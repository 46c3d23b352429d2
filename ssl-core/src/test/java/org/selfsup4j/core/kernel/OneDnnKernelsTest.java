package org.selfsup4j.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** The oneDNN set keeps the contract, and by oneDNN's fast code: a silent fallback fails here. */
class OneDnnKernelsTest extends KernelsContract {

  private static final ElementType FLOAT = ElementType.FLOAT;
  private static final long[] IMAGES = {2, 16, 6, 7};

  @Override
  protected Kernels open() {
    return KernelSets.open("onednn");
  }

  @Test
  void isItself() {
    assertThat(kernels().name()).isEqualTo("onednn");
  }

  private interface CallsOnto {
    void run(Kernels kernels, Memory memory);
  }

  /** Runs {@code calls} on a new set; each operation must be served once, by what is named. */
  private static void served(Map<String, String> implementations, CallsOnto calls) {
    Kernels fresh = KernelSets.open("onednn");
    try (Memory memory = new Memory()) {
      calls.run(fresh, memory);
    }
    Map<String, Long> counts = fresh.calls().snapshot();
    implementations.forEach(
        (operation, implementation) ->
            assertThat(fresh.calls().of(operation, implementation))
                .as("%s by %s in %s", operation, implementation, counts)
                .isEqualTo(1));
    assertThat(counts.keySet()).as("plain loops").noneMatch(key -> key.contains(" onednn:ref"));
    assertThat(counts).hasSameSizeAs(implementations);
  }

  private static Block in(Memory memory, Layout layout, long... shape) {
    return memory.put(FLOAT, layout, Numbers.random(1, shape).map(v -> v + 0.1));
  }

  private static Block out(Memory memory, Layout layout, long... shape) {
    return memory.room(FLOAT, layout, shape);
  }

  @ParameterizedTest
  @EnumSource
  void elementwiseWorkIsOneDnns(Layout layout) {
    served(
        Map.of(
            "unary", "onednn:jit",
            "unaryBackward", "onednn:jit",
            "binary", "onednn:jit",
            "addScaled", "onednn:jit",
            "where", "onednn:jit",
            "copy", "onednn:"),
        (set, memory) -> {
          Block x = in(memory, layout, 4, 3, 5);
          Block y = out(memory, layout, 4, 3, 5);
          set.unary(Unary.GELU, 0, 0, x, y);
          set.unaryBackward(Unary.GELU, 0, 0, x, y, y);
          set.binary(Binary.MULTIPLY, x, in(memory, layout, 3, 1).broadcast(4, 3, 5), y);
          set.addScaled(0.1, x, 0.9, y);
          Block mask = memory.put(ElementType.BOOL, layout, Numbers.whole(1, 0, 2, 4, 3, 5));
          set.where(mask, x, in(memory, layout, 1).broadcast(4, 3, 5), y);
          set.copy(x, out(memory, Layout.ROWS, 4, 3, 5));
        });
  }

  @ParameterizedTest
  @EnumSource
  void productsAreOneDnns(Layout layout) {
    served(
        Map.of("matmul", "onednn:"),
        (set, memory) ->
            set.matmul(
                in(memory, layout, 3, 20, 17),
                in(memory, layout, 3, 17, 33),
                Epilogue.of(in(memory, layout, 33), Unary.GELU, in(memory, layout, 3, 20, 33)),
                out(memory, layout, 3, 20, 33),
                false));
  }

  /** Which patches are hidden is some columns of the order of all. */
  @Test
  void columnsOfIdsAreCopiedOnTheHost() {
    served(
        Map.of("copy", "host"),
        (set, memory) -> {
          Block ids = memory.put(ElementType.INT64, Layout.ROWS, Numbers.whole(1, 0, 99, 7, 64));
          set.copy(ids.slice(1, 16, 64), memory.room(ElementType.INT64, Layout.ROWS, 7, 48));
        });
  }

  @Test
  void gradientsOfLinearWeightsAreOneCall() {
    served(
        Map.of("linearWeights", "onednn:"),
        (set, memory) ->
            set.linearWeights(
                in(memory, Layout.ROWS, 70, 33),
                in(memory, Layout.ROWS, 70, 65),
                out(memory, Layout.ROWS, 65, 33),
                out(memory, Layout.ROWS, 65)));
  }

  @ParameterizedTest
  @EnumSource
  void convolutionsAndPoolingAreOneDnns(Layout layout) {
    Window three = Window.square(3, 1, 1);
    Window two = Window.square(2, 2, 0);
    served(
        Map.of(
            "convolution", "onednn:",
            "convolutionInput", "onednn:",
            "convolutionWeights", "onednn:",
            "maxPool", "onednn:jit",
            "maxPoolBackward", "onednn:jit",
            "averagePool", "onednn:jit",
            "averagePoolBackward", "onednn:jit"),
        (set, memory) -> {
          Block x = in(memory, layout, IMAGES);
          Block y = out(memory, layout, IMAGES);
          Block w = in(memory, layout, 16, 16, 3, 3);
          set.convolution(three, 1, x, w, Epilogue.NONE, y);
          set.convolutionInput(three, 1, w, y, out(memory, layout, IMAGES));
          set.convolutionWeights(three, 1, x, y, out(memory, layout, 16, 16, 3, 3));
          Block small = out(memory, layout, 2, 16, 3, 3);
          Block notes =
              memory.room(ElementType.BOOL, Layout.ROWS, set.maxPoolWorkspace(two, x, small));
          set.maxPool(two, x, small, notes);
          set.maxPoolBackward(two, x, small, notes, small, out(memory, layout, IMAGES));
          set.averagePool(two, true, x, small);
          set.averagePoolBackward(two, true, small, out(memory, layout, IMAGES));
        });
  }

  @ParameterizedTest
  @MethodSource("normShapes")
  void batchNormsAreOneDnns(Layout layout, long[] shape) {
    served(
        Map.of("batchNorm", "onednn:bnorm", "batchNormBackward", "onednn:bnorm"),
        (set, memory) -> {
          Block x = in(memory, layout, shape);
          Block y = out(memory, layout, shape);
          Block gamma = in(memory, layout, shape[1]);
          Block mean = out(memory, layout, shape[1]);
          Block variance = out(memory, layout, shape[1]);
          Block signs = memory.room(ElementType.BOOL, Layout.ROWS, set.batchNormWorkspace(x));
          set.batchNorm(x, gamma, gamma, 1e-5, true, true, mean, variance, y, signs);
          Block dx = out(memory, layout, shape);
          Block dgamma = out(memory, layout, shape[1]);
          set.batchNormBackward(x, gamma, 1e-5, true, mean, variance, signs, y, dx, dgamma, null);
        });
  }

  static List<Arguments> normShapes() {
    return List.of(
        Arguments.of(Layout.CHANNELS_LAST, new long[] {2, 16, 6, 7}),
        Arguments.of(Layout.ROWS, new long[] {2, 16, 6, 7}),
        Arguments.of(Layout.SLICED, new long[] {2, 16, 6, 7}),
        Arguments.of(Layout.CHANNELS_LAST, new long[] {8, 64, 1, 1}));
  }

  @Test
  void theImplementationHasVersionAndInstructionSet() {
    assertThat(KernelSets.open("onednn").implementation())
        .matches("onednn \\d+\\.\\d+\\.\\d+ (sse41|avx\\w*) r\\d+");
  }

  @ParameterizedTest
  @EnumSource
  void rowsOfNumbersAreOneDnns(Layout layout) {
    served(
        Map.of(
            "layerNorm", "onednn:jit",
            "layerNormBackward", "onednn:jit",
            "softmax", "onednn:jit",
            "softmaxBackward", "onednn:jit",
            "reduce", "onednn:",
            "sumOfSquares", "host",
            "squaredNorm", "onednn:brg_matmul",
            "argMax", "host"),
        (set, memory) -> {
          Block x = in(memory, layout, 4, 3, 32);
          Block y = out(memory, layout, 4, 3, 32);
          Block gamma = in(memory, layout, 32);
          Block mean = out(memory, Layout.ROWS, 4, 3);
          Block variance = out(memory, Layout.ROWS, 4, 3);
          Block dx = out(memory, layout, 4, 3, 32);
          Block dgamma = out(memory, layout, 32);
          Block dbeta = out(memory, layout, 32);
          set.layerNorm(x, gamma, gamma, 1e-6, y, mean, variance);
          set.layerNormBackward(x, gamma, 1e-6, mean, variance, y, dx, dgamma, dbeta);
          set.softmax(false, x, y);
          set.softmaxBackward(false, y, x, dx);
          set.reduce(Reduction.SUM, x, out(memory, layout, 1, 1, 32));
          set.sumOfSquares(x);
          set.squaredNorm(in(memory, Layout.ROWS, 300_000));
          set.argMax(2, x, memory.room(ElementType.INT64, layout, 4, 3, 1));
        });
  }

  @Test
  void updatesAndRowsStayOnTheFastSide() {
    served(
        Map.of(
            "sgd", "onednn:jit",
            "adamW", "onednn:jit",
            "gatherRows", "host",
            "scatterAddRows", "host",
            "fill", "host"),
        (set, memory) -> {
          Block p = in(memory, Layout.ROWS, 5, 7);
          Block v = out(memory, Layout.ROWS, 5, 7);
          Block m = in(memory, Layout.ROWS, 5, 7);
          set.sgd(p, in(memory, Layout.ROWS, 5, 7), v, 0.1, 0.9, 1e-4, true, true);
          set.fill(v, 0);
          set.adamW(p, in(memory, Layout.ROWS, 5, 7), m, v, 1e-3, 0.9, 0.99, 1e-8, 0.1, 1);
          Block ids = memory.ids(4, 0, 2);
          Block rows = out(memory, Layout.ROWS, 3, 7);
          set.gatherRows(p, ids, rows);
          set.scatterAddRows(rows, ids, p);
        });
  }

  @Test
  void doubleGoesToThePortableSetAndTheCountSaysSo() {
    served(
        Map.of("softmax", "nd4j", "matmul", "nd4j"),
        (set, memory) -> {
          Block x = memory.rows(ElementType.DOUBLE, Numbers.random(1, 4, 4));
          Block y = memory.room(ElementType.DOUBLE, Layout.ROWS, 4, 4);
          set.softmax(false, x, y);
          set.matmul(x, x.transposed(), Epilogue.NONE, y, false);
        });
  }

  @Test
  void saysWhatItAccelerates() {
    assertThat(kernels().accelerates("convolution", FLOAT)).isTrue();
    assertThat(kernels().accelerates("convolution", ElementType.DOUBLE)).isFalse();
    assertThat(kernels().accelerates("sorting", FLOAT)).isFalse();
  }

  /** oneDNN's own logarithm is off by 3e-6, more than the whole of this loss. */
  @Test
  void smallLossesKeepTheirDigits() {
    try (Memory memory = new Memory()) {
      Block logits = memory.rows(FLOAT, new Numbers(new long[] {1, 3}, new double[] {14, 0, 0}));
      Block y = memory.room(FLOAT, Layout.ROWS, 1, 3);
      kernels().softmax(true, logits, y);
      double want = -Math.log1p(2 * Math.exp(-14));
      assertThat(memory.get(y).values[0]).isCloseTo(want, within(1e-6));
    }
  }

  @Test
  void threadsChangeBetweenCallsAndResultsStay() {
    int before = kernels().threads();
    try (Memory memory = new Memory()) {
      Block a = in(memory, Layout.ROWS, 300, 200);
      Block b = in(memory, Layout.ROWS, 200, 100);
      Block many = out(memory, Layout.ROWS, 300, 100);
      kernels().matmul(a, b, Epilogue.NONE, many, false);
      kernels().setThreads(1);
      assertThat(kernels().threads()).isEqualTo(1);
      Block one = out(memory, Layout.ROWS, 300, 100);
      kernels().matmul(a, b, Epilogue.NONE, one, false);
      check(memory, "with one thread", one, memory.get(many));
    } finally {
      kernels().setThreads(before);
    }
  }

  @Test
  void closedMemoryIsRefusedBeforeTheNativeCall() {
    Memory memory = new Memory();
    Block x = in(memory, Layout.ROWS, 3, 4);
    Block y = out(memory, Layout.ROWS, 3, 4);
    memory.close();
    assertThatThrownBy(() -> kernels().unary(Unary.EXP, 0, 0, x, y))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  /**
   * As PyTorch's float, oneDNN loses the relative digits of a tail that is 0 beside its argument.
   */
  @Override
  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  public void largeArgumentsNeitherOverflowNorVanish(ElementType type) {
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
        for (int i = 0; i < 10; i++) {
          double want = PlainFunctions.unary(f, 1, 0, x.values[i]);
          assertThat(memory.get(y).values[i])
              .as("%s(%s) in %s", f, x.values[i], type)
              .isCloseTo(want, within(1e-6 + 1e-6 * Math.abs(want)));
          assertThat(memory.get(dx).values[i]).as("slope of %s", f).isBetween(-0.5, 1.5);
        }
      }
    }
  }

  /** Sums of many rows, in sizes that the two levels of a long sum do not divide. */
  @ParameterizedTest
  @MethodSource("longShapes")
  void longSumsOverAnyAxisKeepTheirDigits(long[] shape, long[] target) {
    try (Memory memory = new Memory()) {
      Numbers x = Numbers.random(3, shape).map(v -> v + 10);
      Block y = memory.room(FLOAT, Layout.ROWS, target);
      kernels().reduce(Reduction.SUM, memory.rows(FLOAT, x), y);
      Numbers want = Numbers.zeros(target);
      long[] index = new long[shape.length];
      for (double value : x.values) {
        long[] at = index.clone();
        for (int i = 0; i < at.length; i++) {
          at[i] = target[i] == 1 ? 0 : at[i];
        }
        want.add(value, at);
        Numbers.advance(index, shape);
      }
      check(memory, "sum", y, want);
    }
  }

  static List<Arguments> longShapes() {
    return List.of(
        Arguments.of(new long[] {9001, 7}, new long[] {1, 7}),
        Arguments.of(new long[] {7, 9001}, new long[] {7, 1}),
        Arguments.of(new long[] {3, 5003, 5}, new long[] {3, 1, 5}),
        Arguments.of(new long[] {65, 64, 33}, new long[] {1, 1, 33}));
  }
}
