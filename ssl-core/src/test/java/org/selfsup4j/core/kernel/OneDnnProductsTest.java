package org.selfsup4j.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/**
 * oneDNN's implementations of products: the one that was measured to be the fastest for a shape
 * serves it, and each of them computes what the definition says, on sizes enough for all.
 */
class OneDnnProductsTest {

  private static final ElementType FLOAT = ElementType.FLOAT;
  private static final String FIRST = "onednn:brg_matmul:avx512_core";
  private static final String OTHER = "onednn:gemm:jit:f32";

  private final Kernels kernels = KernelSets.open("onednn");
  private final int threadsBefore = kernels.threads();

  @AfterEach
  void restoreThreads() {
    kernels.setThreads(threadsBefore);
  }

  /** What follows a product. */
  private enum After {
    NOTHING,
    ACCUMULATE,
    BIAS,
    RESIDUAL,
    GELU
  }

  /** A product of [batch, rows, inner] and [batch, inner, columns]; turned sides lie transposed. */
  private record Case(
      long[] sizes, boolean leftTurned, boolean rightTurned, After after, String served) {

    @Override
    public String toString() {
      return sizes[0]
          + " of "
          + sizes[1]
          + (leftTurned ? "t" : "")
          + " x "
          + sizes[2]
          + (rightTurned ? "t" : "")
          + " x "
          + sizes[3]
          + " "
          + after;
    }
  }

  private static Case of(boolean left, boolean right, After after, String served, long... sizes) {
    return new Case(sizes, left, right, after, served);
  }

  static List<Case> cases() {
    return List.of(
        of(false, true, After.BIAS, OTHER, 1, 1100, 130, 140), // a layer that widens
        of(false, true, After.RESIDUAL, OTHER, 1, 1100, 512, 128), // and that narrows
        of(false, true, After.BIAS, FIRST, 1, 1100, 512, 128),
        of(false, true, After.BIAS, FIRST, 1, 1100, 96, 64), // too narrow
        of(false, true, After.BIAS, FIRST, 1, 64, 130, 140), // few rows: not turned for them
        of(false, true, After.GELU, FIRST, 1, 1100, 130, 140),
        of(false, false, After.NOTHING, OTHER, 1, 70, 130, 140), // the gradient of the input
        of(false, false, After.ACCUMULATE, FIRST, 1, 70, 130, 140),
        of(false, false, After.NOTHING, FIRST, 1, 70, 600, 140),
        of(true, false, After.NOTHING, OTHER, 1, 40, 300, 50), // the gradient of weights
        of(true, false, After.ACCUMULATE, OTHER, 1, 40, 300, 50),
        of(true, false, After.NOTHING, FIRST, 1, 7, 300, 50),
        of(true, false, After.NOTHING, OTHER, 6, 65, 65, 32), // of keys and values
        of(true, false, After.NOTHING, FIRST, 6, 65, 65, 64),
        of(true, false, After.NOTHING, FIRST, 6, 17, 17, 32));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void eachShapeIsServedByItsFastest(Case c) {
    long[] s = c.sizes;
    Numbers a = Numbers.random(1, s[0], s[1], s[2]);
    Numbers b = Numbers.random(2, s[0], s[2], s[3]);
    Numbers bias = Numbers.random(3, s[3]);
    Numbers before = Numbers.random(4, s[0], s[1], s[3]);
    Kernels fresh = KernelSets.open("onednn");
    try (Memory memory = new Memory()) {
      Block x = matrices(memory, a, c.leftTurned);
      Block y = matrices(memory, b, c.rightTurned);
      Block z = matrices(memory, before, false);
      Epilogue epilogue =
          Epilogue.of(
              c.after.compareTo(After.BIAS) < 0 ? null : memory.rows(FLOAT, bias),
              c.after == After.GELU ? Unary.GELU : null,
              c.after == After.RESIDUAL ? matrices(memory, before, false) : null);
      fresh.matmul(x, y, epilogue, z, c.after == After.ACCUMULATE);
      Numbers got = memory.get(z).reshape(s[0], s[1], s[3]);
      KernelsUnderTest.close(c.toString(), FLOAT, got, wanted(c, a, b, bias, before), 2e-5);
    }
    if (KernelsUnderTest.choosesFor("avx512_core")) {
      assertThat(fresh.calls().snapshot()).isEqualTo(Map.of("matmul " + c.served, 1L));
    }
  }

  /** One thread adds the bias's gradient up beside the product; two would wait for one of them. */
  @Test
  void gradientsOfLinearWeightsAreServedByTheirFastest() {
    String other = "onednn:x64:gemm:jit";
    assertThat(servedWeights(1, FLOAT, 33, 65)).isEqualTo(other);
    assertThat(servedWeights(1, FLOAT, 65, 33)).isEqualTo(other);
    assertThat(servedWeights(2, FLOAT, 65, 33)).isEqualTo(other);
    assertThat(servedWeights(2, FLOAT, 33, 65)).isEqualTo(FIRST);
  }

  @Test
  void roundedGradientsOfLinearWeightsAreServedByTheirFastest() {
    ElementType narrow = ElementType.BFLOAT16;
    assumeThat(kernels.accelerates("linearWeights", narrow)).isTrue();
    assertThat(servedWeights(1, narrow, 33, 65)).isEqualTo("onednn:x64:gemm:jit");
    assertThat(servedWeights(1, narrow, 65, 33)).isEqualTo(FIRST + "_bf16");
    assertThat(servedWeights(2, narrow, 33, 65)).isEqualTo(FIRST + "_bf16");
  }

  /** Holds the gradients of a layer to their definition; says what served them. */
  private String servedWeights(int threads, ElementType type, long in, long out) {
    assumeThat(KernelsUnderTest.choosesFor("avx512_core")).isTrue();
    kernels.setThreads(threads);
    Numbers x = Numbers.random(1, 70, in).rounded();
    Numbers dy = Numbers.random(2, 70, out).rounded();
    Numbers ones = Numbers.zeros(1, 70).map(v -> 1);
    Kernels fresh = KernelSets.open("onednn");
    try (Memory memory = new Memory()) {
      Block weights = memory.room(FLOAT, Layout.ROWS, out, in);
      Block bias = memory.room(FLOAT, Layout.ROWS, out);
      fresh.linearWeights(memory.rows(type, x), memory.rows(type, dy), weights, bias);
      Numbers dw = dy.transposed().product(x);
      KernelsUnderTest.close("weights", FLOAT, memory.get(weights), dw, 2e-5);
      KernelsUnderTest.close("bias", FLOAT, memory.get(bias), ones.product(dy), 2e-5);
    }
    String served = String.join(", ", fresh.calls().snapshot().keySet());
    assertThat(served).startsWith("linearWeights ");
    return served.substring("linearWeights ".length());
  }

  private static Numbers wanted(Case c, Numbers a, Numbers b, Numbers bias, Numbers before) {
    Numbers product = a.product(b);
    Numbers y = Numbers.zeros(product.shape);
    for (int i = 0; i < y.values.length; i++) {
      boolean shifted = c.after.compareTo(After.BIAS) >= 0;
      boolean added = c.after == After.ACCUMULATE || c.after == After.RESIDUAL;
      double value =
          product.values[i]
              + (shifted ? bias.values[i % bias.values.length] : 0)
              + (added ? before.values[i] : 0);
      y.values[i] = c.after == After.GELU ? PlainFunctions.unary(Unary.GELU, 0, 0, value) : value;
    }
    return y;
  }

  /** [n, r, c], or [r, c] for one; turned ones lie as [n, c, r]. */
  private static Block matrices(Memory memory, Numbers numbers, boolean turned) {
    long n = numbers.shape[0];
    long r = numbers.shape[1];
    long c = numbers.shape[2];
    Block block = memory.rows(FLOAT, turned ? numbers.transposed() : numbers);
    Block seen = turned ? block.transposed() : block;
    long[] strides = {seen.stride(1), seen.stride(2)};
    return n == 1 ? seen.view(0, new long[] {r, c}, strides) : seen;
  }
}
