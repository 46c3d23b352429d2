package org.selfsup4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;

/** Tests of what two threads compute in parts. */
abstract class OnTwoThreads {

  static final int ROWS = 11; // parts of 5 and 6

  final Kernels kernels = KernelSets.open("onednn");
  private int threadsBefore;

  @BeforeEach
  void twoThreads() {
    threadsBefore = kernels.threads();
    kernels.setThreads(2);
  }

  @AfterEach
  void threadsAsBefore() {
    kernels.setThreads(threadsBefore);
  }

  static Variable variable(long seed, long... shape) {
    int count = (int) Shape.of(shape).count();
    return Variable.of(ElementType.FLOAT, new Random(seed).doubles(count, -1, 1).toArray(), shape);
  }

  /** Numbers of one step: the loss, and the gradients of variables. */
  List<double[]> step(Function<Session, Tensor> loss, List<Variable> variables) {
    List<double[]> numbers = new ArrayList<>();
    try (Arena arena = new Arena(1 << 16)) {
      try (Session session = Session.training(kernels, arena, "step 1")) {
        Tensor value = loss.apply(session);
        numbers.add(value.detach().toDoubles());
        session.backward(value);
        for (Variable variable : variables) {
          assertThat(session.isLeaf(variable)).isFalse();
          numbers.add(HostArrays.doubles(variable.gradient()));
        }
      }
      assertThat(arena.usedBytes()).isZero();
    }
    return numbers;
  }
}
