package org.selfsup4j.models;

import java.util.function.Consumer;
import java.util.function.Function;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;

/** Short passes for tests, with the kernels that the build chose. */
final class Passes {

  private final Kernels kernels = KernelSets.choose();

  /** What {@code work} takes out of an evaluation pass. */
  <T> T evaluate(Function<Pass, T> work) {
    try (Arena arena = new Arena();
        Session session = Session.evaluation(kernels, arena, "test")) {
      return work.apply(new Pass(false, RandomStream.of(1), session));
    }
  }

  /** Runs {@code work} in an evaluation pass. */
  void evaluating(Consumer<Pass> work) {
    peakOfEvaluation(work);
  }

  /** What {@code work} takes out of a training pass. */
  <T> T train(Function<Pass, T> work) {
    try (Arena arena = new Arena();
        Session session = Session.training(kernels, arena, "test")) {
      return work.apply(new Pass(true, RandomStream.of(1), session));
    }
  }

  /** The most memory that {@code work} took at a time in an evaluation pass. */
  long peakOfEvaluation(Consumer<Pass> work) {
    try (Arena arena = new Arena()) {
      try (Session session = Session.evaluation(kernels, arena, "test")) {
        work.accept(new Pass(false, RandomStream.of(1), session));
      }
      return arena.peakBytes();
    }
  }

  /** Uniform noise in [-1, 1), the same for the same shape. */
  static Tensor noise(Pass pass, long... shape) {
    int count = 1;
    for (long size : shape) {
      count *= (int) size;
    }
    RandomStream random = RandomStream.of(7);
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.uniform(-1, 1);
    }
    return pass.session().tensor(ElementType.FLOAT, values, shape);
  }
}
