package org.selfsup4j.testkit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Unary;
import org.selfsup4j.core.tensor.Operation;
import org.selfsup4j.core.tensor.Tensor;

/** The check finds what can be wrong with a gradient. */
class GradientCheckTest {

  /** The square, with a gradient that the test chooses. */
  private static Tensor square(Tensor x, org.selfsup4j.core.tensor.Backward backward) {
    Operation op = Operation.of("square", x);
    Tensor y = op.result(x.type(), x.shape());
    op.kernels().unary(Unary.POWER, 2, 0, x.block(), y.block());
    return op.record(y, backward);
  }

  private static GradientCheck check(
      java.util.function.Function<Tensor, org.selfsup4j.core.tensor.Backward> backward) {
    return GradientCheck.of("square", t -> square(t.get(0), backward.apply(t.get(0))))
        .input(CheckInput.of("x", 2, 3).between(0.5, 1.5))
        .seed(7);
  }

  private static org.selfsup4j.core.tensor.Backward right(Tensor x) {
    return g -> g.kernels().unaryBackward(Unary.POWER, 2, 0, x.block(), g.upstream(), g.target(0));
  }

  @Test
  void passesARightGradient() {
    assertThatCode(() -> check(GradientCheckTest::right).run()).doesNotThrowAnyException();
    assertThatCode(
            () -> check(GradientCheckTest::right).andOn(List.of(KernelSets.open("nd4j"))).run())
        .doesNotThrowAnyException();
  }

  @Test
  void namesEverythingThatIsNeededToSeeAWrongGradientAgain() {
    assertThatThrownBy(
            () ->
                check(
                        x ->
                            g -> { // 3 x^2 dy in place of 2 x dy
                              g.kernels()
                                  .unaryBackward(
                                      Unary.POWER, 3, 0, x.block(), g.upstream(), g.target(0));
                            })
                    .run())
        .isInstanceOf(AssertionError.class)
        .hasMessageMatching(
            "square \\(nd4j, DOUBLE, layout ROW_MAJOR, upstream DENSE, seed 7\\): input 0 'x'"
                + " \\[2, 3\\], element 0 \\[0, 0\\]: gradient -?\\d+\\.\\d+, difference"
                + " -?\\d+\\.\\d+, allowed \\d+.*");
  }

  @Test
  void findsAGradientThatIsWrongByLittle() {
    assertThatThrownBy(
            () ->
                check(
                        x ->
                            g -> {
                              right(x).run(g);
                              g.kernels().unary(Unary.LINEAR, 1.00001, 0, g.target(0), g.target(0));
                            })
                    .run())
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void findsElementsThatNobodyWrote() {
    assertThatThrownBy(
            () ->
                check(
                        x ->
                            g ->
                                g.kernels()
                                    .unaryBackward(
                                        Unary.POWER,
                                        2,
                                        0,
                                        x.block().slice(1, 0, 2),
                                        g.upstream().slice(1, 0, 2),
                                        g.target(0).slice(1, 0, 2)))
                    .run())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("element 2 [0, 2]: gradient NaN");
  }

  @Test
  void findsAGradientThatForgetsWhatLiesBehindTheOperation() {
    assertThatThrownBy(
            () ->
                check(x -> g -> g.kernels().unary(Unary.LINEAR, 2, 0, x.block(), g.target(0)))
                    .run())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("difference");
  }

  @Test
  void findsAnOperationThatTrustsInRowMajorMemory() {
    // Reads the operand's memory as if it were gapless.
    assertThatThrownBy(
            () ->
                GradientCheck.of(
                        "square",
                        t -> {
                          Tensor x = t.get(0);
                          Operation op = Operation.of("square", x);
                          Tensor y = op.result(x.type(), x.shape());
                          long[] dense = {3, 1};
                          op.kernels()
                              .unary(
                                  Unary.POWER,
                                  2,
                                  0,
                                  x.block().view(0, new long[] {2, 3}, dense),
                                  y.block());
                          return op.record(y, right(x));
                        })
                    .input(2, 3)
                    .run())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("layout TRANSPOSED");
  }

  @Test
  void findsAnOperationThatTrustsInRowMajorGradients() {
    assertThatThrownBy(
            () ->
                check(
                        x ->
                            g -> {
                              long[] dense = {3, 1};
                              var dy = g.upstream().view(0, new long[] {2, 3}, dense);
                              g.kernels()
                                  .unaryBackward(Unary.POWER, 2, 0, x.block(), dy, g.target(0));
                            })
                    .run())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("layout ROW_MAJOR, upstream");
  }

  @Test
  void findsAnOperationThatForgetsOneOfItsInputs() {
    assertThatThrownBy(
            () ->
                GradientCheck.of(
                        "sum",
                        t -> {
                          Operation op = Operation.of("sum", t.get(0), t.get(1));
                          Tensor y = op.result(t.get(0).type(), t.get(0).shape());
                          op.kernels()
                              .binary(
                                  org.selfsup4j.core.kernel.Binary.ADD,
                                  t.get(0).block(),
                                  t.get(1).block(),
                                  y.block());
                          return op.record(y, g -> g.share(0, g.upstream()));
                        })
                    .input(3)
                    .input(3)
                    .run())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("input 1 'input 1' [3]");
  }

  @Test
  void findsAnOperationThatFailsWhenOneInputWantsNoGradient() {
    assertThatThrownBy(
            () ->
                GradientCheck.of(
                        "product",
                        t -> {
                          Tensor a = t.get(0);
                          Tensor b = t.get(1);
                          Operation op = Operation.of("product", a, b);
                          Tensor y = op.result(a.type(), a.shape());
                          var multiply = org.selfsup4j.core.kernel.Binary.MULTIPLY;
                          op.kernels().binary(multiply, a.block(), b.block(), y.block());
                          return op.record(
                              y,
                              g -> { // writes both, whether wanted or not
                                g.kernels().binary(multiply, g.upstream(), b.block(), g.target(0));
                                g.kernels().binary(multiply, g.upstream(), a.block(), g.target(1));
                              });
                        })
                    .input(3)
                    .input(3)
                    .run())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("only input 0 trained");
  }

  @Test
  void asksForAnInput() {
    assertThatThrownBy(() -> GradientCheck.of("nothing", t -> t.get(0)).run())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nothing: a check needs an input");
  }
}
