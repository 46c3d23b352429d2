package org.selfsup4j.core.tensor;

import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Slab;

/**
 * Numbers that outlive a step and may be trained: the memory behind a parameter. It has a value
 * and, once asked for, a gradient of the same layout. Both may be moved into longer runs of memory,
 * where an optimizer passes over all of them at once.
 */
public final class Variable {

  private Block value;
  private Block gradient;
  private Slab ownValue;
  private Slab ownGradient;

  private Variable(Slab slab, long[] shape) {
    this.ownValue = slab;
    this.value = Block.contiguous(slab, 0, shape);
  }

  /** A variable of its own memory, filled in row-major order and rounded to {@code type}. */
  public static Variable of(ElementType type, double[] values, long... shape) {
    if (Shape.of(shape).count() != values.length) {
      throw new ShapeException(
          values.length
              + " values do not fill shape "
              + Shape.of(shape)
              + " of "
              + Shape.of(shape).count()
              + " elements");
    }
    Variable variable = new Variable(Slab.allocate(type, values.length), shape);
    HostArrays.write(values, variable.value);
    return variable;
  }

  /** The value; its memory may move when a trainer gathers all variables. */
  public Block value() {
    return value;
  }

  /** The gradient; memory for it is taken at the first call. Not cleared. */
  public Block gradient() {
    if (gradient == null) {
      ownGradient = Slab.allocate(value.type(), value.count());
      gradient = new Block(ownGradient, 0, value.shape(), value.strides());
      HostArrays.write(new double[(int) value.count()], gradient);
    }
    return gradient;
  }

  /** Type of the numbers. */
  public ElementType type() {
    return value.type();
  }

  /** Sizes of the axes. */
  public Shape shape() {
    return Shape.of(value.shape());
  }

  /**
   * Moves the value to {@code slab} at {@code offset}; with {@code gradients} the gradient,
   * cleared, to the same offset there. The numbers are rounded if the slab's type is another one.
   */
  public void moveTo(Slab slab, Slab gradients, long offset) {
    double[] values = toDoubles();
    value = Block.contiguous(slab, offset, value.shape());
    HostArrays.write(values, value);
    closeOwn();
    if (gradients != null) {
      gradient = Block.contiguous(gradients, offset, value.shape());
      HostArrays.write(new double[values.length], gradient);
    } else {
      gradient = null;
    }
  }

  /** Gives the variable memory of its own, of {@code type}; the gradient is forgotten. */
  public void moveOut(ElementType type) {
    double[] values = toDoubles();
    long[] shape = value.shape();
    closeOwn();
    ownValue = Slab.allocate(type, values.length);
    value = Block.contiguous(ownValue, 0, shape);
    gradient = null;
    HostArrays.write(values, value);
  }

  /** Writes all numbers, in row-major order. */
  public void set(double[] values) {
    HostArrays.write(values, value);
  }

  /** Reads all numbers, in row-major order. */
  public double[] toDoubles() {
    return HostArrays.doubles(value);
  }

  private void closeOwn() {
    if (ownValue != null) {
      ownValue.close();
      ownValue = null;
    }
    if (ownGradient != null) {
      ownGradient.close();
      ownGradient = null;
    }
  }
}
