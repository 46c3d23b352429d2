package org.selfsup4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;

/** Where gradients go, and how they add up. */
class BackwardPassTest {

  private final Kernels kernels = KernelSets.open("nd4j");
  private final Arena arena = new Arena(1 << 16);
  private final Session session = Session.training(kernels, arena, "step 1");

  @AfterEach
  void close() {
    session.close();
    arena.close();
  }

  private static Variable variable(double... values) {
    return Variable.of(ElementType.DOUBLE, values, values.length);
  }

  private static double[] gradient(Variable variable) {
    return HostArrays.doubles(variable.gradient());
  }

  @Test
  void aVariableThatIsTwoInputsOfOneOperationGetsTheSumInItsOwnMemory() {
    Variable x = variable(1, -2, 3);
    Variable scale = variable(2);
    Tensor leaf = session.open(x);
    Tensor images = leaf.reshape(3, 1);
    Tensor mean = session.tensor(ElementType.DOUBLE, new double[] {0}, 1);
    Tensor one = session.tensor(ElementType.DOUBLE, new double[] {1}, 1);
    // The input is written by the kernel, the residual is shared: both are the same leaf.
    Variable wide = Variable.of(ElementType.DOUBLE, new double[] {1, -2, 3}, 3, 1);
    Tensor w = session.open(wide);
    Tensor y = Normalizations.batchNormWith(mean, one, w, session.open(scale), mean, 0, w, false);
    session.backward(y.sum().plus(images.sum()));
    assertThat(gradient(wide)).containsExactly(new double[] {3, 3, 3}, within(1e-12));
    assertThat(gradient(scale)).containsExactly(new double[] {2}, within(1e-12));
    assertThat(gradient(x)).containsExactly(1, 1, 1);
  }

  @Test
  void aVariableThatIsTheLossItselfHasTheGradientOne() {
    Variable x = variable(5);
    Variable unused = variable(6, 7);
    kernels.fill(unused.gradient(), Double.NaN);
    session.open(unused);
    session.backward(session.open(x));
    assertThat(gradient(x)).containsExactly(1);
    assertThat(gradient(unused)).containsExactly(0, 0);
  }

  @Test
  void aVariableThatIsTheLossSeenOtherwiseHasTheGradientOne() {
    Variable x = variable(5);
    session.backward(session.open(x).reshape(1, 1, 1));
    assertThat(gradient(x)).containsExactly(1);
  }
}
