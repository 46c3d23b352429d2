package org.selfsup4j.core.module;

import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.tensor.Variable;

/** Numbers that training changes. Two parameters are equal only if they are the same one. */
public final class Parameter implements State {

  private final Variable variable;

  private Parameter(Variable variable) {
    this.variable = variable;
  }

  /** A FLOAT parameter with these initial values in row-major order. */
  public static Parameter of(double[] values, long... shape) {
    return new Parameter(Variable.of(ElementType.FLOAT, values, shape));
  }

  /** A parameter of the same type, shape and values, in memory of its own. */
  public Parameter copy() {
    return new Parameter(
        Variable.of(variable.type(), variable.toDoubles(), variable.shape().toArray()));
  }

  @Override
  public Variable variable() {
    return variable;
  }

  /** As a tensor of the present step; gradients flow into it where it is trained. */
  @Override
  public Tensor in(Pass pass) {
    return pass.session().open(variable);
  }

  /** For messages. */
  @Override
  public String toString() {
    return "parameter " + variable.shape();
  }
}
