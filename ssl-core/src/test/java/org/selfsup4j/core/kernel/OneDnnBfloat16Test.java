package org.selfsup4j.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/**
 * What oneDNN computes on BFLOAT16, held to plain loops in double on the same rounded operands: a
 * FLOAT result to float's digits, a BFLOAT16 result to its own.
 */
@EnabledIf("hasInstructions")
class OneDnnBfloat16Test {

  private static final ElementType NARROW = ElementType.BFLOAT16;
  private static final ElementType FLOAT = ElementType.FLOAT;

  private final Kernels kernels = KernelSets.open("onednn");
  private final Memory memory = new Memory();

  /** Without them the library computes in float32, which {@code MixedPrecisionTest} holds it to. */
  static boolean hasInstructions() {
    return KernelSets.open("onednn").accelerates("matmul", NARROW);
  }

  @AfterEach
  void noPlainLoops() {
    memory.close();
    Map<String, Long> counts = kernels.calls().snapshot();
    assertThat(counts).isNotEmpty();
    assertThat(counts.keySet()).noneMatch(key -> key.contains("ref") || key.contains("nd4j"));
  }

  private static Numbers rounded(Numbers x) {
    return x.rounded();
  }

  private static Numbers random(long seed, long... shape) {
    return rounded(Numbers.random(seed, shape));
  }

  private Block narrow(Layout layout, Numbers x) {
    return memory.put(NARROW, layout, x);
  }

  private void close(String what, Block got, Numbers want) {
    double tolerance = got.type() == NARROW ? 0x1p-8 : 2e-5;
    KernelsUnderTest.close(what, FLOAT, memory.get(got), want, tolerance);
  }

  private static Numbers product(Numbers a, Numbers b) {
    long inner = a.shape[1];
    return Numbers.build(
        i -> {
          double sum = 0;
          for (long k = 0; k < inner; k++) {
            sum += a.at(i[0], k) * b.at(k, i[1]);
          }
          return sum;
        },
        a.shape[0],
        b.shape[1]);
  }

  @Test
  void productsOfAllPairsOfTypes() {
    for (long rows : new long[] {5, 300}) { // weights are repacked for many rows
      Numbers x = random(1, rows, 24);
      Numbers w = Numbers.random(2, 40, 24); // [O, I], FLOAT
      Numbers turned = Numbers.build(i -> rounded(w).at(i[1], i[0]), 24, 40);
      Numbers bias = Numbers.random(3, 40);
      Numbers residual = Numbers.random(4, rows, 40);
      Numbers want = product(x, turned);
      Block weights = memory.rows(FLOAT, w).transposed();
      for (ElementType result : new ElementType[] {FLOAT, NARROW}) {
        Block y = memory.room(result, Layout.ROWS, rows, 40);
        kernels.matmul(narrow(Layout.ROWS, x), weights, Epilogue.NONE, y, false);
        close("product", y, want);
        kernels.matmul(
            narrow(Layout.SLICED, x),
            weights,
            Epilogue.of(memory.rows(FLOAT, bias), null, memory.put(result, Layout.ROWS, residual)),
            y,
            false);
        Numbers added = result == NARROW ? rounded(residual) : residual;
        close(
            "bias and residual",
            y,
            Numbers.build(i -> want.at(i) + bias.at(i[1]) + added.at(i), rows, 40));
      }
    }
  }

  @Test
  void weightGradientsAreFloats() {
    Numbers dy = random(1, 70, 9);
    Numbers x = random(2, 70, 12);
    Block dw = memory.room(FLOAT, Layout.ROWS, 9, 12);
    kernels.matmul(
        narrow(Layout.ROWS, dy).transposed(), narrow(Layout.ROWS, x), Epilogue.NONE, dw, false);
    Numbers want = product(Numbers.build(i -> dy.at(i[1], i[0]), 9, 70), x);
    close("dW", dw, want);
    Block both = memory.room(FLOAT, Layout.ROWS, 9, 12);
    Block db = memory.room(FLOAT, Layout.ROWS, 9);
    kernels.linearWeights(narrow(Layout.ROWS, x), narrow(Layout.ROWS, dy), both, db);
    close("dW with the bias", both, want);
    Numbers ones = Numbers.build(i -> 1, 1, 70);
    Numbers sums = product(ones, dy);
    close("db", db, Numbers.build(i -> sums.at(0, i[0]), 9));
    assertThat(kernels.calls().snapshot().keySet())
        .anyMatch(call -> call.startsWith("linearWeights onednn:brg"));
  }

  @Test
  void attentionHeads() {
    Numbers q = random(1, 2, 7, 3, 8); // [N, T, heads, d]
    Block packed = narrow(Layout.ROWS, q).permute(0, 2, 1, 3);
    Block scores = memory.room(NARROW, Layout.ROWS, 2, 3, 7, 7);
    kernels.matmul(packed, packed.transposed(), Epilogue.scaled(0.25), scores, false);
    Numbers want =
        Numbers.build(
            i -> {
              double sum = 0;
              for (long d = 0; d < 8; d++) {
                sum += q.at(i[0], i[2], i[1], d) * q.at(i[0], i[3], i[1], d);
              }
              return sum / 4;
            },
            2,
            3,
            7,
            7);
    close("scores", scores, want);
    Numbers given = memory.get(scores);
    kernels.softmax(false, scores, scores);
    Numbers weights =
        Numbers.build(
            i -> {
              double sum = 0;
              for (long s = 0; s < 7; s++) {
                sum += Math.exp(given.at(i[0], i[1], i[2], s));
              }
              return Math.exp(given.at(i)) / sum;
            },
            2,
            3,
            7,
            7);
    close("weights", scores, weights);
  }

  @Test
  void convolutionsAndTheirGradients() {
    Window window = Window.square(3, 2, 1);
    Numbers x = random(1, 3, 16, 9, 8);
    Numbers w = Numbers.random(2, 32, 16, 3, 3);
    Numbers want = PlainWindows.convolution(window, 1, x, rounded(w));
    Numbers dy = random(3, want.shape);
    Block image = narrow(Layout.CHANNELS_LAST, x);
    Block weight = memory.rows(FLOAT, w);
    Block given = narrow(Layout.CHANNELS_LAST, dy);
    for (ElementType result : new ElementType[] {FLOAT, NARROW}) {
      Block y = memory.room(result, Layout.CHANNELS_LAST, want.shape);
      kernels.convolution(window, 1, image, weight, Epilogue.NONE, y);
      close("y", y, want);
      Block dx = memory.room(result, Layout.CHANNELS_LAST, x.shape);
      kernels.convolutionInput(window, 1, weight, given, dx);
      close("dx", dx, PlainWindows.convolutionInput(window, 1, rounded(w), dy, x.shape));
    }
    Block dw = memory.room(FLOAT, Layout.ROWS, w.shape);
    kernels.convolutionWeights(window, 1, image, given, dw);
    close("dw", dw, PlainWindows.convolutionWeights(window, 1, x, dy, w.shape));
  }

  /** The same operation on FLOAT, whose own tests hold it to plain loops. */
  private interface Run {
    void on(ElementType type, Block result);
  }

  private void likeFloat(String what, Run run, Layout layout, long... shape) {
    Block wide = memory.room(FLOAT, layout, shape);
    Block narrow = memory.room(NARROW, layout, shape);
    run.on(FLOAT, wide);
    run.on(NARROW, narrow);
    close(what, narrow, memory.get(wide));
  }

  @Test
  void elementwiseFunctionsAndSums() {
    Numbers x = random(1, 4, 6, 5, 3);
    Numbers dy = random(2, 4, 6, 5, 3);
    Layout layout = Layout.CHANNELS_LAST;
    for (Unary f : new Unary[] {Unary.RELU, Unary.GELU, Unary.GELU_TANH}) {
      likeFloat(
          f.name(), (t, y) -> kernels.unary(f, 0, 0, memory.put(t, layout, x), y), layout, x.shape);
      likeFloat(
          f + " backward",
          (t, dx) ->
              kernels.unaryBackward(
                  f, 0, 0, memory.put(t, layout, x), memory.put(t, layout, dy), dx),
          layout,
          x.shape);
    }
    likeFloat(
        "sum of two",
        (t, y) ->
            kernels.binary(Binary.ADD, memory.put(t, layout, x), memory.put(t, layout, dy), y),
        layout,
        x.shape);
    likeFloat(
        "added",
        (t, y) -> {
          kernels.copy(memory.put(t, layout, x), y);
          kernels.addScaled(1, memory.put(t, layout, dy), 1, y);
        },
        layout,
        x.shape);
    Block sums = memory.room(FLOAT, Layout.ROWS, 1, 6, 1, 1);
    kernels.reduce(Reduction.SUM, narrow(layout, x), sums);
    Numbers want = Numbers.zeros(1, 6, 1, 1);
    Numbers.build(
        i -> {
          want.add(x.at(i), 0, i[1], 0, 0);
          return 0;
        },
        x.shape);
    close("sums", sums, want);
  }

  @Test
  void norms() {
    Numbers x = random(1, 4, 16, 5, 3);
    Numbers dy = random(2, 4, 16, 5, 3);
    Numbers gamma = Numbers.random(3, 16);
    Block beta = memory.rows(FLOAT, Numbers.random(4, 16));
    Block scale = memory.rows(FLOAT, gamma);
    Layout layout = Layout.CHANNELS_LAST;
    Block mean = memory.room(FLOAT, Layout.ROWS, 16);
    Block variance = memory.room(FLOAT, Layout.ROWS, 16);
    for (boolean relu : new boolean[] {false, true}) {
      Block space =
          memory.room(ElementType.BOOL, Layout.ROWS, kernels.batchNormWorkspace(narrow(layout, x)));
      Block notes = relu ? space : null;
      likeFloat(
          "batch norm",
          (t, y) ->
              kernels.batchNorm(
                  memory.put(t, layout, x),
                  scale,
                  beta,
                  1e-5,
                  true,
                  relu,
                  mean,
                  variance,
                  y,
                  notes),
          layout,
          x.shape);
      Block dgamma = memory.room(FLOAT, Layout.ROWS, 16);
      Block dbeta = memory.room(FLOAT, Layout.ROWS, 16);
      likeFloat(
          "batch norm backward",
          (t, dx) ->
              kernels.batchNormBackward(
                  memory.put(t, layout, x),
                  scale,
                  1e-5,
                  true,
                  mean,
                  variance,
                  notes,
                  memory.put(t, layout, dy),
                  dx,
                  dgamma,
                  dbeta),
          layout,
          x.shape);
    }
  }

  /** From FLOAT to BFLOAT16 and back: the branch of a transformer's block. */
  @Test
  void layerNormsBetweenTypes() {
    Numbers x = random(1, 6, 32);
    Numbers dy = random(2, 6, 32);
    Block gamma = memory.rows(FLOAT, Numbers.random(3, 32));
    Block beta = memory.rows(FLOAT, Numbers.random(4, 32));
    Block mean = memory.room(FLOAT, Layout.ROWS, 6);
    Block variance = memory.room(FLOAT, Layout.ROWS, 6);
    Block wide = memory.rows(FLOAT, x);
    likeFloat(
        "layer norm",
        (t, y) -> kernels.layerNorm(wide, gamma, beta, 1e-6, y, mean, variance),
        Layout.ROWS,
        6,
        32);
    Block dgamma = memory.room(FLOAT, Layout.ROWS, 32);
    Block dbeta = memory.room(FLOAT, Layout.ROWS, 32);
    Block want = memory.room(FLOAT, Layout.ROWS, 6, 32);
    Block got = memory.room(FLOAT, Layout.ROWS, 6, 32);
    kernels.layerNormBackward(
        wide, gamma, 1e-6, mean, variance, memory.rows(FLOAT, dy), want, dgamma, dbeta);
    Numbers wantGamma = memory.get(dgamma);
    kernels.layerNormBackward(
        wide, gamma, 1e-6, mean, variance, memory.rows(NARROW, dy), got, dgamma, dbeta);
    close("dx", got, memory.get(want));
    close("dgamma", dgamma, wantGamma);
  }

  @Test
  void pools() {
    Numbers x = random(1, 2, 16, 8, 8);
    Window window = Window.square(3, 2, 1);
    long[] shape = {2, 16, 4, 4};
    Numbers dy = random(2, shape);
    Layout layout = Layout.CHANNELS_LAST;
    Block image = memory.put(NARROW, layout, x);
    Block y = memory.room(NARROW, layout, shape);
    Block notes =
        memory.room(ElementType.BOOL, Layout.ROWS, kernels.maxPoolWorkspace(window, image, y));
    kernels.maxPool(window, image, y, notes);
    Block wide = memory.room(FLOAT, layout, shape);
    Block wideImage = memory.put(FLOAT, layout, x);
    Block wideNotes =
        memory.room(
            ElementType.BOOL, Layout.ROWS, kernels.maxPoolWorkspace(window, wideImage, wide));
    kernels.maxPool(window, wideImage, wide, wideNotes);
    close("largest", y, memory.get(wide));
    Block dx = memory.room(NARROW, layout, x.shape);
    kernels.maxPoolBackward(window, image, y, notes, memory.put(NARROW, layout, dy), dx);
    Block wideDx = memory.room(FLOAT, layout, x.shape);
    kernels.maxPoolBackward(
        window, wideImage, wide, wideNotes, memory.put(FLOAT, layout, dy), wideDx);
    close("largest backward", dx, memory.get(wideDx));
    likeFloat(
        "mean",
        (t, mean) -> kernels.averagePool(window, true, memory.put(t, layout, x), mean),
        layout,
        shape);
  }
}
