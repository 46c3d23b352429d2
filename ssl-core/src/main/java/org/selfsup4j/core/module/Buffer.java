package org.selfsup4j.core.module;

import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.tensor.ShapeException;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.tensor.Variable;

/**
 * Numbers that are kept and saved but not trained: running statistics, a queue, a bank, a centre.
 * Two buffers are equal only if they are the same one.
 */
public final class Buffer implements State {

  private final Variable variable;

  private Buffer(Variable variable) {
    this.variable = variable;
  }

  /** A FLOAT buffer with these initial values in row-major order. */
  public static Buffer of(double[] values, long... shape) {
    return of(ElementType.FLOAT, values, shape);
  }

  /** A buffer of {@code type} with these initial values in row-major order. */
  public static Buffer of(ElementType type, double[] values, long... shape) {
    return new Buffer(Variable.of(type, values, shape));
  }

  /** A buffer of the same type, shape and values, in memory of its own. */
  public Buffer copy() {
    return of(variable.type(), variable.toDoubles(), variable.shape().toArray());
  }

  @Override
  public Variable variable() {
    return variable;
  }

  /** As a constant of the present step: a view, which sees later writes. */
  @Override
  public Tensor in(Pass pass) {
    return pass.session().constant(variable.value());
  }

  /** Takes over the numbers of {@code value}. */
  public void assign(Tensor value, Pass pass) {
    requireWritable(value, pass);
    pass.session().kernels().copy(value.block(), variable.value());
  }

  /** Moves towards {@code value}: {@code buffer = (1 - share) buffer + share scale value}. */
  public void blend(Tensor value, double share, double scale, Pass pass) {
    requireWritable(value, pass);
    Kernels kernels = pass.session().kernels();
    kernels.addScaled(share * scale, value.block(), 1 - share, variable.value());
  }

  private void requireWritable(Tensor value, Pass pass) {
    if (pass.session().isInParts()) {
      throw new IllegalStateException(
          this
              + " can't be changed within inParts, where other rows of the batch are computed at the"
              + " same time: change it outside");
    }
    if (!value.shape().equals(shape())) {
      throw new ShapeException("a buffer of shape " + shape() + " can't take " + value.shape());
    }
  }

  /** For messages. */
  @Override
  public String toString() {
    return "buffer " + variable.shape();
  }
}
