package org.selfsup4j.core.module;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
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
    requireSame(shapes(own), shapes(from));
    own.forEach(
        (name, parameter) ->
            kernels.addScaled(
                1 - momentum,
                from.get(name).variable().value(),
                momentum,
                parameter.variable().value()));
  }

  /**
   * Refuses a student that this is no copy of, as a task does before its first step.
   *
   * @throws IllegalArgumentException naming the parameters that differ
   */
  public void requireCopyOf(M student) {
    requireSame(shapes(Parts.of(module).parameters()), shapes(Parts.of(student).parameters()));
  }

  private static void requireSame(Map<String, Shape> own, Map<String, Shape> theirs) {
    if (own.equals(theirs)) {
      return; // as in every step
    }
    Set<String> names = new TreeSet<>(own.keySet());
    names.addAll(theirs.keySet());
    List<String> differences =
        names.stream()
            .filter(name -> !Objects.equals(own.get(name), theirs.get(name)))
            .map(
                name ->
                    name
                        + ": "
                        + Objects.toString(own.get(name), "none")
                        + " here, "
                        + Objects.toString(theirs.get(name), "none")
                        + " there")
            .toList();
    throw new IllegalArgumentException(
        "a teacher follows the student that it is a copy of; this one differs in "
            + differences.size()
            + " parameters, the first is "
            + differences.get(0)
            + ": make it by Teacher.of(student)");
  }

  private static Map<String, Shape> shapes(Map<String, Parameter> parameters) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    parameters.forEach((name, parameter) -> shapes.put(name, parameter.shape()));
    return shapes;
  }
}
