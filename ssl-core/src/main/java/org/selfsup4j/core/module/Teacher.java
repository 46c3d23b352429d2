package org.selfsup4j.core.module;

import java.util.Iterator;
import org.selfsup4j.core.kernel.Kernels;

/**
 * A copy of a student that is not trained but follows: its parameters count as buffers.
 *
 * @param module the copy
 */
public record Teacher<M extends Module>(M module) implements Module {

  /** A teacher that starts as an exact copy of {@code student}. */
  public static <M extends Module> Teacher<M> of(M student) {
    return new Teacher<>(Copies.copy(student));
  }

  /**
   * {@code teacher = momentum teacher + (1 - momentum) student} for every parameter. Buffers (batch
   * statistics) are the teacher's own.
   */
  public void follow(M student, double momentum, Kernels kernels) {
    if (!(momentum >= 0 && momentum <= 1)) {
      throw new IllegalArgumentException(
          "momentum is " + momentum + ": it must be between 0 and 1, near 1 for a slow teacher");
    }
    Iterator<Parameter> from = Parts.of(student).parameters().values().iterator();
    for (Parameter own : Parts.of(module).parameters().values()) {
      kernels.addScaled(
          1 - momentum, from.next().variable().value(), momentum, own.variable().value());
    }
  }
}
