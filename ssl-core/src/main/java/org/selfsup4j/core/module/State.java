package org.selfsup4j.core.module;

import org.selfsup4j.core.tensor.Shape;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.tensor.Variable;

/** Numbers that a module keeps between steps. */
public sealed interface State permits Parameter, Buffer {

  /** The memory behind it. */
  Variable variable();

  /** As a tensor of the present step. */
  Tensor in(Pass pass);

  /** The sizes of its axes. */
  default Shape shape() {
    return variable().shape();
  }

  /** All numbers in row-major order. */
  default double[] toDoubles() {
    return variable().toDoubles();
  }

  /** Writes all numbers in row-major order. */
  default void set(double[] values) {
    variable().set(values);
  }
}
