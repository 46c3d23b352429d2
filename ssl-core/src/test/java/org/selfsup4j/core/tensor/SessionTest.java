package org.selfsup4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;

/** How long tensors live, and where their memory goes. */
class SessionTest {

  private final Kernels kernels = KernelSets.open("nd4j");
  private final Arena arena = new Arena(1 << 16);

  @AfterEach
  void close() {
    arena.close();
  }

  private Session training(String label) {
    return Session.training(kernels, arena, label);
  }

  private Session evaluation(String label) {
    return Session.evaluation(kernels, arena, label);
  }

  private static Variable variable(double... values) {
    return Variable.of(ElementType.DOUBLE, values, values.length);
  }

  private static double[] gradient(Variable variable) {
    return HostArrays.doubles(variable.gradient());
  }

  // --- tensors that outlive their memory --------------------------------------------------------

  @Test
  void aTensorUsedAfterItsStepNamesOperationShapeAndStep() {
    Tensor y;
    Tensor leaf;
    try (Session session = training("step 12")) {
      leaf = session.open(variable(1, 2));
      y = Activations.tanh(leaf);
    }
    assertThatThrownBy(y::toDoubles)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("the tensor [2] made by 'tanh' in step 12 was used after its step")
        .hasMessageContaining("keep()");
    assertThatThrownBy(() -> y.plus(1)).hasMessageContaining("made by 'tanh' in step 12");
    assertThatThrownBy(y::toINDArray).hasMessageContaining("made by 'tanh' in step 12");
    assertThatThrownBy(y::keep).hasMessageContaining("made by 'tanh' in step 12");
    assertThatThrownBy(() -> y.reshape(1, 2)).hasMessageContaining("made by 'tanh' in step 12");
    assertThatThrownBy(leaf::toDoubles)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("a tensor [2] opened in step 12 was used after it closed");
    try (Session next = training("step 13")) {
      Tensor fresh = next.open(variable(1, 2));
      assertThatThrownBy(() -> fresh.plus(y)).hasMessageContaining("made by 'tanh' in step 12");
    }
  }

  @Test
  void aViewUsedAfterItsStepNamesTheOperationThatMadeTheMemory() {
    Tensor view;
    try (Session session = training("step 3")) {
      view = session.open(variable(1, 2)).exp().reshape(2, 1);
    }
    assertThatThrownBy(view::toDoubles).hasMessageContaining("made by 'exp' in step 3");
  }

  @Test
  void aTensorUsedAfterTheBackwardPassNamesOperationShapeAndStep() {
    try (Session session = training("step 4")) {
      Tensor x = session.open(variable(1, 2));
      Tensor y = x.exp();
      Tensor loss = y.sum();
      session.backward(loss);
      assertThatThrownBy(y::toDoubles)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith(
              "the tensor [2] made by 'exp' in step 4 was used after the backward pass")
          .hasMessageContaining("detach()");
      assertThat(loss.item()).isEqualTo(Math.E + Math.exp(2));
    }
  }

  @Test
  void whatWasDetachedLivesUntilTheStepCloses() {
    Tensor detached;
    try (Session session = training("step 5")) {
      Tensor y = session.open(variable(1, 2)).times(3);
      detached = y.reshape(2, 1).detach();
      assertThat(detached.requiresGradient()).isFalse();
      session.backward(y.sum());
      session.tensor(new float[1000], 1000);
      assertThat(detached.toDoubles()).containsExactly(3, 6);
    }
    assertThatThrownBy(detached::toDoubles).hasMessageContaining("made by 'scale' in step 5");
    assertThat(arena.usedBytes()).isZero();
  }

  @Test
  void whatWasKeptLivesUntilItIsClosed() {
    Kept kept;
    try (Session session = training("step 6")) {
      kept = session.open(variable(1, 2, 3, 4)).reshape(2, 2).transpose().keep();
    }
    try (Session next = evaluation("step 7")) {
      assertThat(kept.shape()).isEqualTo(Shape.of(2, 2));
      assertThat(kept.in(next).plus(1).toDoubles()).containsExactly(2, 4, 3, 5);
      kept.close();
      Tensor gone = kept.in(next);
      assertThatThrownBy(() -> gone.plus(1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("closed");
    }
  }

  @Test
  void operandsOfTwoStepsAreRefused() {
    try (Session one = evaluation("step 1");
        Session two = evaluation("step 2")) {
      Tensor a = one.tensor(new float[] {1}, 1);
      Tensor b = two.tensor(new float[] {1}, 1);
      assertThatThrownBy(() -> a.plus(b))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("plus")
          .hasMessageContaining("step 1")
          .hasMessageContaining("step 2");
    }
  }

  // --- the tape ---------------------------------------------------------------------------------

  @Test
  void whatAnEarlierTapeMadeIsNotRecordedAgain() {
    // Gradients would stop in silence where the used-up tape begins.
    Variable x = variable(2);
    try (Session session = training("step 8")) {
      Tensor leaf = session.open(x);
      Tensor loss = leaf.squared();
      session.backward(loss);
      assertThatThrownBy(() -> leaf.times(2))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("made by 'variable' before the backward pass")
          .hasMessageContaining("step 8");
      assertThatThrownBy(() -> loss.plus(1)).hasMessageContaining("made by 'power'");
      assertThatThrownBy(() -> session.backward(loss)).hasMessageContaining("made by 'power'");
      assertThat(session.withoutGradient(() -> leaf.times(2)).item()).isEqualTo(4);

      session.backward(session.open(x).times(5)); // a second turn, from new leaves
      assertThat(gradient(x)).containsExactly(5);
    }
  }

  @Test
  void aLossWithoutVariablesIsRefused() {
    try (Session session = training("step")) {
      Tensor x = session.open(variable(1, 2));
      assertThatThrownBy(() -> session.backward(x))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("one number");
      assertThatThrownBy(() -> session.backward(x.detach().sum()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("detach()");
    }
  }

  @Test
  void aVariableThatTheLossDoesNotNeedGetsZeros() {
    Variable used = variable(1, 2);
    Variable unused = variable(3, 4);
    Variable unseen = variable(5);
    Variable frozen = variable(6, 7);
    for (Variable v : List.of(used, unused, unseen, frozen)) {
      kernels.fill(v.gradient(), 9);
    }
    try (Session session = training("step")) {
      session.train(variable -> variable != frozen);
      Tensor side = session.open(unused).times(2);
      Tensor y = session.open(used).times(session.open(frozen));
      assertThat(side.requiresGradient()).isTrue();
      assertThat(session.open(frozen).requiresGradient()).isFalse();
      session.backward(y.sum());
    }
    assertThat(gradient(used)).containsExactly(6, 7);
    assertThat(gradient(unused)).containsExactly(0, 0);
    assertThat(gradient(unseen)).containsExactly(9); // never opened in this step
    assertThat(gradient(frozen)).containsExactly(9, 9);
  }

  @Test
  void aVariableThatIsOpenedTwiceGetsTheSumOfItsGradients() {
    Variable x = variable(2, 3);
    try (Session session = training("step")) {
      Tensor y = session.open(x).times(session.open(x)).plus(session.open(x).times(4));
      session.backward(y.plus(session.open(x).reshape(2)).sum());
    }
    assertThat(gradient(x)).containsExactly(2 * 2 + 5, 2 * 3 + 5);
  }

  @Test
  void withoutGradientNothingIsRememberedEvenAfterAnException() {
    try (Session session = training("step")) {
      Variable x = variable(1);
      assertThatThrownBy(
              () ->
                  session.withoutGradient(
                      () -> {
                        throw new IllegalArgumentException("inside");
                      }))
          .hasMessage("inside");
      assertThat(session.isRecording()).isTrue();
      assertThat(session.withoutGradient(() -> session.open(x)).requiresGradient()).isFalse();
      assertThat(session.open(x).requiresGradient()).isTrue();
    }
  }

  // --- memory -----------------------------------------------------------------------------------

  private static final int WIDTH = 1000;
  private static final int DEPTH = 30;
  private static final long LAYER = 1000 * 8 + 64;

  private static Tensor chain(Session session, Variable x) {
    Tensor y = session.open(x);
    for (int i = 0; i < DEPTH; i++) {
      y = Activations.tanh(y);
    }
    return y.sum();
  }

  @Test
  void theBackwardPassGivesTheForwardMemoryBackAsItGoes() {
    Variable x = variable(new double[WIDTH]);
    try (Session session = training("step")) {
      Tensor loss = chain(session, x);
      long forward = arena.usedBytes();
      assertThat(forward).isGreaterThanOrEqualTo(DEPTH * WIDTH * 8L);
      session.backward(loss);
      assertThat(arena.peakBytes()).isLessThan(forward + 4 * LAYER); // not twice the forward pass
      assertThat(arena.usedBytes()).isLessThanOrEqualTo(64); // the loss
    }
    assertThat(arena.usedBytes()).isZero();
  }

  @Test
  void theSecondStepTakesTheSameAddresses() {
    Variable x = variable(new double[WIDTH]);
    List<Long> first = addresses(x);
    long reserved = arena.reservedBytes();
    for (int step = 0; step < 5; step++) {
      assertThat(addresses(x)).isEqualTo(first);
      assertThat(arena.reservedBytes()).isEqualTo(reserved);
    }
  }

  private List<Long> addresses(Variable x) {
    List<Long> addresses = new ArrayList<>();
    try (Session session = training("step")) {
      Tensor y = session.open(x);
      for (int i = 0; i < DEPTH; i++) {
        y = y.reshape(10, -1).transpose().times(y.reshape(100, 10)).reshape(-1);
        addresses.add(y.block().slab().address(y.block().offset()));
      }
      session.backward(y.sum());
      Tensor last = session.tensor(new float[] {1}, 1);
      addresses.add(last.block().slab().address(last.block().offset()));
    }
    return addresses;
  }

  @Test
  void readingAViewTakesNoMemoryForLong() {
    try (Session session = evaluation("metrics")) {
      Tensor view = session.tensor(new float[] {1, 2, 3, 4}, 2, 2).transpose();
      long before = arena.usedBytes();
      assertThat(view.toDoubles()).containsExactly(1, 3, 2, 4);
      assertThat(view.toFloats()).containsExactly(1, 3, 2, 4);
      assertThat(arena.usedBytes()).isEqualTo(before);
    }
  }

  @Test
  void aScopeGivesBackAllButItsResult() {
    try (Session session = evaluation("features")) {
      Tensor x = session.tensor(new float[] {1, 2}, 2);
      Tensor[] inner = new Tensor[2];
      long before = arena.usedBytes();
      Tensor y =
          session.scope(
              () -> {
                inner[0] = x.times(2);
                inner[1] = inner[0].times(2).detach();
                return inner[0].times(5).reshape(1, 2);
              });
      assertThat(y.toDoubles()).containsExactly(10, 20);
      assertThat(inner[1].toDoubles()).containsExactly(4, 8); // detach() asks for it
      assertThat(arena.usedBytes()).isEqualTo(before + 128);
      assertThatThrownBy(inner[0]::toDoubles).isInstanceOf(IllegalStateException.class);
    }
    assertThat(arena.usedBytes()).isZero();
  }

  @Test
  void aScopeRemembersWhatTheBackwardPassNeeds() {
    Variable x = variable(3);
    try (Session session = training("step")) {
      Tensor y = session.scope(() -> session.open(x).squared().squared());
      session.backward(y);
    }
    assertThat(gradient(x)).containsExactly(4 * 27);
  }

  @Test
  void aSessionInsideAStepLeavesTheStepsMemoryAlone() {
    // Closing the inner one used to give the whole arena back.
    try (Session step = evaluation("step 9")) {
      Tensor x = step.tensor(new float[] {1, 2, 3}, 3);
      try (Session probe = evaluation("probe")) {
        assertThat(probe.tensor(new float[] {7, 7, 7}, 3).plus(1).toDoubles()).containsOnly(8);
      }
      Tensor y = step.full(ElementType.FLOAT, 5, 3);
      assertThat(x.toDoubles()).containsExactly(1, 2, 3);
      assertThat(y.toDoubles()).containsExactly(5, 5, 5);
    }
    assertThat(arena.usedBytes()).isZero();
  }

  @Test
  void aClosedSessionOpensNothing() {
    Session session = training("step 1");
    session.close();
    session.close();
    assertThatThrownBy(() -> session.open(variable(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("step 1 is closed: open a new session");
    assertThatThrownBy(() -> session.tensor(new float[1], 1)).hasMessageContaining("step 1");
  }
}
