package org.selfsup4j.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Shape;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.tensor.Variable;

/**
 * One way to run a function forwards and backwards: kernels, type, layouts, the form of the
 * upstream gradient, and which inputs want gradients. All memory holds NaN before, so that a number
 * that nobody wrote shows.
 */
record Trial(
    Kernels kernels,
    ElementType type,
    Layout layout,
    Upstream upstream,
    boolean twice,
    boolean shared,
    int only) {

  /** {@link #only} for gradients of all inputs. */
  static final int ALL = -1;

  private static final long MEMORY = 1 << 18;

  /** A function under check. */
  interface Function extends BiFunction<List<Tensor>, Session, Tensor> {}

  /** A result's sizes and numbers, in row-major order. */
  static final class Output {
    private final Shape shape;
    private final double[] numbers;

    Output(Shape shape, double[] numbers) {
      this.shape = shape;
      this.numbers = numbers;
    }

    Shape shape() {
      return shape;
    }

    double[] numbers() {
      return numbers;
    }
  }

  /**
   * What came out.
   *
   * @param gradients of each input's memory in the layout; null where none was wanted
   */
  record Outcome(Output output, List<double[]> gradients) {}

  /** The function's value on constants, without a tape. */
  static Output value(
      Kernels kernels, Arena arena, Function f, List<CheckInput> inputs, List<double[]> values) {
    try (Session session = Session.evaluation(kernels, arena, "check")) {
      List<Tensor> tensors = new ArrayList<>();
      for (int i = 0; i < inputs.size(); i++) {
        long[] shape = inputs.get(i).shape().toArray();
        tensors.add(session.tensor(ElementType.DOUBLE, values.get(i), shape));
      }
      Tensor y = f.apply(tensors, session);
      return new Output(y.shape(), y.toDoubles());
    }
  }

  /** Runs {@code f} on {@code values} and back from {@code sum(y * cotangent)}. */
  Outcome run(Function f, List<CheckInput> inputs, List<double[]> values, double[] cotangent) {
    try (Arena arena = poisoned(kernels, type);
        Session session = Session.training(kernels, arena, "check")) {
      List<Variable> variables = new ArrayList<>();
      for (int i = 0; i < inputs.size(); i++) {
        Variable first = shared ? likeBefore(inputs, variables, i) : null;
        variables.add(first != null ? first : variable(inputs.get(i), values.get(i)));
      }
      if (only != ALL) {
        session.train(variable -> variable == variables.get(only));
      }
      List<Tensor> tensors = new ArrayList<>();
      for (int i = 0; i < inputs.size(); i++) {
        long[] shape = inputs.get(i).shape().toArray();
        Tensor memory = session.open(variables.get(i));
        tensors.add(layoutOf(shape).over(memory, shape));
      }
      Tensor y = f.apply(tensors, session);
      Output output = new Output(y.shape(), y.toDoubles());
      Tensor weights = session.tensor(type, cotangent, y.shape().toArray());
      Tensor loss = upstream.loss(y, weights);
      if (twice) {
        loss = loss.plus(upstream.loss(f.apply(tensors, session), weights));
      }
      session.backward(loss);
      List<double[]> gradients = new ArrayList<>();
      for (int i = 0; i < inputs.size(); i++) {
        boolean wanted = only == ALL || only == i;
        gradients.add(wanted ? gradient(variables.get(i)) : null);
      }
      return new Outcome(output, gradients);
    }
  }

  /** The layout of an input of this shape: row-major where the trial's does not fit. */
  Layout layoutOf(long... shape) {
    return layout.fits(shape) ? layout : Layout.ROW_MAJOR;
  }

  private Variable variable(CheckInput input, double[] values) {
    long[] shape = input.shape().toArray();
    long[] memory = layoutOf(shape).memory(shape);
    int[] places = layoutOf(shape).places(shape);
    double[] numbers = new double[Math.toIntExact(Shape.of(memory).count())];
    Arrays.fill(numbers, Double.NaN);
    for (int i = 0; i < places.length; i++) {
      numbers[places[i]] = values[i];
    }
    Variable variable = Variable.of(type, numbers, memory);
    kernels.fill(variable.gradient(), Double.NaN);
    return variable;
  }

  private static Variable likeBefore(List<CheckInput> inputs, List<Variable> variables, int index) {
    for (int i = 0; i < index; i++) {
      if (inputs.get(i).shape().equals(inputs.get(index).shape())) {
        return variables.get(i);
      }
    }
    return null;
  }

  private double[] gradient(Variable variable) {
    try (Arena arena = new Arena();
        Session reading = Session.evaluation(kernels, arena, "reading")) {
      return reading.constant(variable.gradient()).toDoubles();
    }
  }

  /** An arena whose memory is NaN. */
  static Arena poisoned(Kernels kernels, ElementType type) {
    Arena arena = new Arena(MEMORY);
    Arena.Piece piece = arena.allocate(type, MEMORY / type.bytes());
    kernels.fill(Block.contiguous(piece.slab(), piece.offset(), MEMORY / type.bytes()), Double.NaN);
    arena.reset();
    return arena;
  }

  /** For messages. */
  @Override
  public String toString() {
    return kernels.name()
        + ", "
        + type
        + ", layout "
        + layout
        + ", upstream "
        + upstream
        + (twice ? ", applied twice" : "")
        + (shared ? ", equal inputs shared" : "")
        + (only == ALL ? "" : ", only input " + only + " trained");
  }
}
