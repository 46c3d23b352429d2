package org.selfsup4j.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/**
 * oneDNN's implementations of convolutions: the one that was measured to be the fastest for a shape
 * serves it, and each of them computes what the definition says, on channels enough for all.
 */
class OneDnnConvolutionsTest {

  private static final ElementType FLOAT = ElementType.FLOAT;
  private static final ElementType NARROW = ElementType.BFLOAT16;

  /** A convolution, and by which implementations it and its gradient for the input are served. */
  private record Case(
      Window window,
      long[] image,
      long outputs,
      String forward,
      String input,
      String roundedForward,
      String roundedInput) {

    @Override
    public String toString() {
      return window + " on " + List.of(image[1], image[2], image[3]) + " to " + outputs;
    }
  }

  private static Case of(Window window, long channels, long size, long outputs, String... served) {
    long[] image = {2, channels, size, size};
    return new Case(window, image, outputs, served[0], served[1], served[2], served[3]);
  }

  static List<Case> cases() {
    Window around = Window.square(3, 1, 1);
    Window halving = Window.square(3, 2, 1);
    Window skipping = Window.square(1, 2, 0);
    Window point = Window.square(1, 1, 0);
    return List.of(
        of(around, 64, 16, 32, "brg_conv_fwd", "brg_conv_bwd", "brg_conv_fwd", "brg_conv_bwd"),
        of(around, 32, 4, 64, "brg_conv_fwd", "jit", "jit_bf16", "jit_bf16"),
        of(around, 32, 7, 32, "brg_conv_fwd", "brg_conv_bwd", "jit_bf16", "brg_conv_bwd"),
        of(halving, 64, 16, 32, "brg_conv_fwd", "jit", "brg_conv_fwd", "jit_bf16"),
        of(halving, 160, 8, 32, "brg_conv_fwd", "jit", "jit_bf16", "brgconv_strided"),
        of(skipping, 64, 8, 32, "jit_1x1", "jit_1x1", "jit_bf16_1x1", "jit_bf16_1x1"),
        of(point, 64, 8, 32, "brgconv_1x1", "brg_conv_bwd", "brgconv_1x1", "brg_conv_bwd"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void eachShapeIsServedByItsFastest(Case c) {
    Numbers weight = Numbers.random(2, c.outputs, c.image[1], c.window.height(), c.window.width());
    Set<String> served = computes(c.window, Numbers.random(1, c.image), weight, FLOAT);
    if (KernelsUnderTest.choosesFor("avx512_core")) {
      assertThat(served).anyMatch(name -> name.startsWith("convolution onednn:" + c.forward + ":"));
      assertThat(served)
          .anyMatch(name -> name.startsWith("convolutionInput onednn:" + c.input + ":"));
    }
    if (KernelsUnderTest.choosesFor("avx512_core_bf16")) {
      served = computes(c.window, Numbers.random(1, c.image), weight, NARROW);
      assertThat(served)
          .anyMatch(name -> name.startsWith("convolution onednn:" + c.roundedForward + ":"));
      assertThat(served)
          .anyMatch(name -> name.startsWith("convolutionInput onednn:" + c.roundedInput + ":"));
    }
  }

  /** Small results of many channels: see {@code ConvolutionChoice.weightsByPoint}. */
  @Test
  void gradientsOfWeightsArePointByPointWhereThatIsFaster() {
    Window around = Window.square(3, 1, 1);
    Window halving = Window.square(3, 2, 1);
    Numbers wide = Numbers.random(2, 256, 128, 3, 3);
    Numbers small = Numbers.random(2, 128, 64, 3, 3);
    if (KernelsUnderTest.choosesFor("avx512_core")) {
      Set<String> served = computes(around, Numbers.random(1, 4, 128, 4, 4), wide, FLOAT);
      assertThat(served).anyMatch(name -> name.startsWith("convolutionWeights onednn:gemm:jit"));
      served = computes(around, Numbers.random(1, 2, 64, 8, 8), small, FLOAT);
      assertThat(served).anyMatch(name -> name.startsWith("convolutionWeights onednn:jit:"));
    }
    if (KernelsUnderTest.choosesFor("avx512_core_bf16")) {
      Set<String> served = computes(halving, Numbers.random(1, 4, 64, 8, 8), small, NARROW);
      assertThat(served).anyMatch(name -> name.startsWith("convolutionWeights onednn:brg_matmul"));
    }
  }

  /** The last stage of a ResNet on images of 224 pixels; too large for plain loops. */
  @Test
  void gradientsOfManyWeightsOnNarrowMapsArePointByPoint() {
    Kernels kernels = KernelSets.open("onednn");
    try (Memory memory = new Memory()) {
      Block x = memory.put(FLOAT, Layout.CHANNELS_LAST, Numbers.random(1, 2, 512, 7, 7));
      Block dy = memory.put(FLOAT, Layout.CHANNELS_LAST, Numbers.random(2, 2, 512, 7, 7));
      Block dw = memory.room(FLOAT, Layout.ROWS, 512, 512, 3, 3);
      kernels.convolutionWeights(Window.square(3, 1, 1), 1, x, dy, dw);
    }
    if (KernelsUnderTest.choosesFor("avx512_core")) {
      assertThat(kernels.calls().snapshot().keySet())
          .anyMatch(name -> name.startsWith("convolutionWeights onednn:gemm:jit"));
    }
  }

  @Property(tries = 150, shrinking = ShrinkingMode.OFF)
  void convolutionsOfManyChannels(@ForAll long seed, @ForAll boolean rounded) {
    ElementType type = rounded ? NARROW : FLOAT;
    Random r = new Random(seed);
    Window w = KernelsProperties.window(r);
    long height = KernelsProperties.draw(r, 1, 12);
    long width = KernelsProperties.draw(r, 1, 12);
    if (w.outputHeight(height) < 1
        || w.outputWidth(width) < 1
        || !KernelSets.open("onednn").accelerates("matmul", type)) {
      return;
    }
    Numbers x = Numbers.random(seed, KernelsProperties.draw(r, 1, 3), channels(r), height, width);
    computes(w, x, Numbers.random(seed + 1, channels(r), x.shape[1], w.height(), w.width()), type);
  }

  /** Results computed from padding alone end the process in oneDNN 3.13. */
  @Test
  void resultsOfPaddingAlone() {
    Window wide = new Window(2, 1, 1, 2, 2, 2, 1, 1, 1, 2);
    Window skipping = new Window(1, 1, 2, 3, 0, 2, 2, 1, 1, 2);
    computesRounded(wide, Numbers.random(1, 2, 48, 1, 1), Numbers.random(2, 48, 48, 2, 1));
    computesRounded(skipping, Numbers.random(1, 3, 1, 7, 1), Numbers.random(2, 17, 1, 1, 1));
  }

  /** Weights that meet padding alone have no gradient; oneDNN 3.13 gives them one. */
  @Test
  void weightsThatMeetPaddingAlone() {
    Window below = new Window(3, 2, 3, 2, 0, 1, 0, 1, 1, 1);
    Window left = new Window(4, 2, 2, 3, 1, 0, 1, 0, 1, 1);
    computesRounded(below, Numbers.random(1, 1, 3, 5, 1), Numbers.random(2, 8, 3, 3, 2));
    computesRounded(left, Numbers.random(1, 2, 3, 10, 1), Numbers.random(2, 48, 3, 4, 2));
  }

  private static void computesRounded(Window w, Numbers image, Numbers weight) {
    if (KernelsUnderTest.choosesFor("avx512_core_bf16")) {
      computes(w, image, weight, NARROW);
    }
  }

  private static long channels(Random r) {
    return new int[] {1, 3, 8, 16, 17, 32, 48}[r.nextInt(7)];
  }

  /** Holds the three operations to their definitions; says what served them. */
  private static Set<String> computes(Window w, Numbers image, Numbers weight, ElementType type) {
    Kernels kernels = KernelSets.open("onednn");
    Numbers x = rounded(image, type);
    Numbers k = rounded(weight, type);
    Numbers want = PlainWindows.convolution(w, 1, x, k);
    Numbers given = rounded(Numbers.random(3, want.shape), type);
    try (Memory memory = new Memory()) {
      Block input = memory.put(type, Layout.CHANNELS_LAST, x);
      Block weights = memory.rows(FLOAT, k);
      Block dy = memory.put(type, Layout.CHANNELS_LAST, given);
      Block y = memory.room(type, Layout.CHANNELS_LAST, want.shape);
      Block dx = memory.room(type, Layout.CHANNELS_LAST, x.shape);
      Block dw = memory.room(FLOAT, Layout.ROWS, k.shape);
      kernels.convolution(w, 1, input, weights, Epilogue.NONE, y);
      kernels.convolutionInput(w, 1, weights, dy, dx);
      kernels.convolutionWeights(w, 1, input, dy, dw);
      String what = w + " " + Arrays.toString(x.shape) + " to " + k.shape[0];
      close("y " + what, memory, y, want);
      close("dx " + what, memory, dx, PlainWindows.convolutionInput(w, 1, k, given, x.shape));
      close("dw " + what, memory, dw, PlainWindows.convolutionWeights(w, 1, x, given, k.shape));
    }
    return new TreeSet<>(kernels.calls().snapshot().keySet());
  }

  private static Numbers rounded(Numbers x, ElementType type) {
    return type == FLOAT ? x : x.rounded();
  }

  private static void close(String what, Memory memory, Block got, Numbers want) {
    double tolerance = got.type() == NARROW ? 0x1p-8 : 2e-5;
    KernelsUnderTest.close(what, FLOAT, memory.get(got), want, tolerance);
  }
}
