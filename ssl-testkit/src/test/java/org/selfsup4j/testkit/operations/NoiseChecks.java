package org.selfsup4j.testkit.operations;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.CustomOperation;
import org.selfsup4j.core.tensor.Regularization;
import org.selfsup4j.core.tensor.Shape;
import org.selfsup4j.core.tensor.ShapeException;
import org.selfsup4j.testkit.CheckInput;
import org.selfsup4j.testkit.GradientCheck;

/** Dropout with a fixed stream, and operations of users. */
final class NoiseChecks {

  private NoiseChecks() {}

  static void addTo(CheckList list) {
    list.add(
        GradientCheck.of(
                "Regularization.dropout(Tensor, double, RandomStream)",
                t -> Regularization.dropout(t.get(0), 0.4, RandomStream.of(5)))
            .input(3, 4, 5));
    list.add(
        GradientCheck.of(
                "Regularization.dropout(Tensor, double, RandomStream): none",
                t -> Regularization.dropout(t.get(0), 0, RandomStream.of(5)))
            .input(3, 4));
    list.add(
        GradientCheck.of(
                "Regularization.stochasticDepth(Tensor, double, RandomStream)",
                t -> Regularization.stochasticDepth(t.get(0), 0.5, RandomStream.of(5)))
            .input(6, 2, 3));
    list.add(
        GradientCheck.of(
                "CustomOperation.apply(Tensor[]): softsign", t -> new Softsign().apply(t.get(0)))
            .input(CheckInput.of("x", 3, 4).between(-2, 2).awayFrom(0)));
    list.add(
        GradientCheck.of(
                "CustomOperation.apply(Tensor[]): two inputs",
                t -> new Scaled().apply(t.get(0), t.get(1)))
            .input(CheckInput.of("x", 2, 3, 4))
            .input(CheckInput.of("scale", 1)));
  }

  /** The example of {@link CustomOperation}'s documentation. */
  record Softsign() implements CustomOperation {
    @Override
    public String name() {
      return "softsign";
    }

    @Override
    public Shape shape(Shape... inputs) {
      return inputs[0];
    }

    @Override
    public void forward(INDArray[] x, INDArray y) {
      y.assign(x[0].div(Transforms.abs(x[0]).add(1)));
    }

    @Override
    public void backward(INDArray[] x, INDArray y, INDArray dy, INDArray[] dx) {
      dx[0].assign(dy.div(Transforms.pow(Transforms.abs(x[0]).add(1), 2)));
    }
  }

  /** A tensor times one number. */
  record Scaled() implements CustomOperation {
    @Override
    public String name() {
      return "scaled";
    }

    @Override
    public Shape shape(Shape... inputs) {
      if (inputs[1].count() != 1) {
        throw new ShapeException("scaled: the scale must be one number, not " + inputs[1]);
      }
      return inputs[0];
    }

    @Override
    public void forward(INDArray[] x, INDArray y) {
      y.assign(x[0].mul(x[1].getDouble(0)));
    }

    @Override
    public void backward(INDArray[] x, INDArray y, INDArray dy, INDArray[] dx) {
      if (dx[0] != null) {
        dx[0].assign(dy.mul(x[1].getDouble(0)));
      }
      if (dx[1] != null) {
        dx[1].assign(dy.mul(x[0]).sumNumber());
      }
    }
  }
}
