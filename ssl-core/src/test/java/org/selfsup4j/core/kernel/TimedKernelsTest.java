package org.selfsup4j.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.selfsup4j.core.memory.ElementType.FLOAT;
import static org.selfsup4j.core.memory.ElementType.INT64;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.kernel.TimedKernels.Detail;
import org.selfsup4j.core.kernel.TimedKernels.Line;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** What is noted of calls: kinds, bytes and counted operations; times only that they are there. */
class TimedKernelsTest {

  private static final double E9 = 1e9;

  private final Kernels inner = KernelSets.open("nd4j");
  private final Memory memory = new Memory();

  @AfterEach
  void giveMemoryBack() {
    memory.close();
  }

  private Block block(long... shape) {
    return memory.put(FLOAT, Layout.ROWS, Numbers.zeros(shape));
  }

  @Test
  void aProductCountsTwoOperationsForEachPairOfFactors() {
    TimedKernels timed = new TimedKernels(inner, Detail.SHAPES);
    Block bias = block(5);
    timed.kernels().matmul(block(3, 4), block(4, 5), Epilogue.bias(bias), block(3, 5), false);
    timed.kernels().matmul(block(3, 4), block(4, 5), Epilogue.NONE, block(3, 5), false);

    Line line = only(timed);
    assertThat(line.operation()).isEqualTo("matmul");
    assertThat(line.type()).isEqualTo(FLOAT);
    assertThat(line.shapes()).isEqualTo("3x4 4x5 3x5");
    assertThat(line.calls()).isEqualTo(2);
    assertThat(line.millis()).isPositive();
    assertThat(line.bytes()).isEqualTo(4 * (2 * (12 + 20 + 15) + 5));
    assertThat(line.gflop()).isEqualTo(2 * 2 * 3 * 4 * 5 / E9);

    TimedKernels weights = new TimedKernels(inner, Detail.SHAPES);
    weights.kernels().linearWeights(block(7, 4), block(7, 5), block(5, 4), bias);
    assertThat(only(weights).gflop()).isEqualTo(2 * 7 * 4 * 5 / E9);
  }

  @Test
  void theThreePassesOfAConvolutionCountTheSame() {
    TimedKernels timed = new TimedKernels(inner, Detail.OPERATIONS);
    Window window = Window.square(3, 2, 1);
    Block x = block(2, 4, 8, 8);
    Block w = block(6, 2, 3, 3); // two groups
    Block y = block(2, 6, 4, 4);
    timed.kernels().convolution(window, 2, x, w, Epilogue.NONE, y);
    timed.kernels().convolutionInput(window, 2, w, y, x);
    timed.kernels().convolutionWeights(window, 2, x, y, w);

    assertThat(timed.breakdown())
        .extracting(Line::operation)
        .containsExactlyInAnyOrder("convolution", "convolutionInput", "convolutionWeights");
    assertThat(timed.breakdown())
        .extracting(Line::gflop)
        .containsOnly(2.0 * (2 * 6 * 4 * 4) * (2 * 3 * 3) / E9);
    assertThat(timed.breakdown()).extracting(Line::shapes).containsOnly("");
  }

  @Test
  void functionsAndTypesAreToldApart() {
    TimedKernels timed = new TimedKernels(inner, Detail.OPERATIONS);
    timed.kernels().binary(Binary.ADD, block(4), block(4), block(4));
    timed.kernels().binary(Binary.MULTIPLY, block(4), block(4), block(4));
    timed.kernels().binary(Binary.ADD, memory.ids(1, 2), memory.ids(1, 2), memory.ids(1, 2));

    assertThat(timed.breakdown())
        .extracting(line -> line.operation() + " " + line.type())
        .containsExactlyInAnyOrder("binary add FLOAT", "binary multiply FLOAT", "binary add INT64");
  }

  @Test
  void whatIsRepeatedByItsStridesIsReadOnce() {
    TimedKernels timed = new TimedKernels(inner, Detail.SHAPES);
    timed.kernels().binary(Binary.ADD, block(8, 4), block(4).broadcast(8, 4), block(8, 4));

    assertThat(only(timed).bytes()).isEqualTo(4 * (32 + 4 + 32));
    assertThat(only(timed).shapes()).isEqualTo("8x4 8x4 8x4");
  }

  @Test
  void questionsToTheSetAreNoCalls() {
    TimedKernels timed = new TimedKernels(inner, Detail.OPERATIONS);
    timed.kernels().batchNormWorkspace(block(2, 3, 4, 4));
    timed.kernels().setThreads(inner.threads());
    timed.kernels().accelerates("matmul", ElementType.DOUBLE);

    assertThat(timed.breakdown()).isEmpty();
    assertThat(timed.kernels().name()).isEqualTo(inner.name());
    assertThat(timed.kernels().calls()).isSameAs(inner.calls());
  }

  @Test
  void onlyWhatIsRecordedCounts() {
    TimedKernels timed = new TimedKernels(inner, Detail.OPERATIONS);
    timed.kernels().fill(block(4), 1);
    timed.reset();
    timed.setRecording(false);
    timed.kernels().fill(block(4), 2);
    assertThat(timed.breakdown()).isEmpty();

    timed.setRecording(true);
    timed.kernels().fill(block(4), 3);
    assertThat(only(timed).calls()).isEqualTo(1);
  }

  @Test
  void failuresComeThroughAsTheyAre() {
    TimedKernels timed = new TimedKernels(inner, Detail.OPERATIONS);
    Block table = block(2, 3);
    Block ids = memory.put(INT64, Layout.ROWS, Numbers.of(7));
    assertThatThrownBy(() -> timed.kernels().gatherRows(table, ids, block(1, 3)))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void everyProductOfTheSeamIsOneWhoseOperationsAreCounted() {
    List<String> products =
        Arrays.stream(Kernels.class.getMethods())
            .filter(method -> method.getReturnType() == void.class)
            .map(Method::getName)
            .filter(name -> name.matches("(matmul|linear|convolution).*"))
            .distinct()
            .toList();
    assertThat(products)
        .as("count the operations of a new product in TimedKernels, too")
        .containsExactlyInAnyOrder(
            "matmul", "linearWeights", "convolution", "convolutionInput", "convolutionWeights");
  }

  private static Line only(TimedKernels timed) {
    assertThat(timed.breakdown()).hasSize(1);
    return timed.breakdown().get(0);
  }
}
