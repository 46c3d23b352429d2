package org.selfsup4j.core.module;

import java.util.LinkedHashMap;
import java.util.Map;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.tensor.Shape;

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
   *
   * @throws IllegalArgumentException if names or shapes of the parameters differ
   */
  public void follow(M student, double momentum, Kernels kernels) {
    if (!(momentum >= 0 && momentum <= 1)) {
      throw new IllegalArgumentException(
          "momentum is " + momentum + ": it must be between 0 and 1, near 1 for a slow teacher");
    }
    Map<String, Parameter> from = Parts.of(student).parameters();
    Map<String, Parameter> own = Parts.of(module).parameters();
    if (!shapes(from).equals(shapes(own))) {
      throw new IllegalArgumentException(
          "a teacher follows the student that it is a copy of: this one has the parameters "
              + shapes(own)
              + ", the student "
              + shapes(from));
    }
    own.forEach(
        (name, parameter) ->
            kernels.addScaled(
                1 - momentum,
                from.get(name).variable().value(),
                momentum,
                parameter.variable().value()));
  }

  private static Map<String, Shape> shapes(Map<String, Parameter> parameters) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    parameters.forEach((name, parameter) -> shapes.put(name, parameter.shape()));
    return shapes;
  }
}
