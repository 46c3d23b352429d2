package org.selfsup4j.core.tensor;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Strides;

/**
 * An operation of a user's own, written with ND4J: what it computes and what its gradients are. The
 * arrays are views of the step's memory; they must not be kept.
 *
 * <pre>{@code
 * record Softsign() implements CustomOperation {
 *   public String name() { return "softsign"; }
 *   public Shape shape(Shape... inputs) { return inputs[0]; }
 *   public void forward(INDArray[] x, INDArray y) {
 *     y.assign(x[0].div(Transforms.abs(x[0]).add(1)));
 *   }
 *   public void backward(INDArray[] x, INDArray y, INDArray dy, INDArray[] dx) {
 *     dx[0].assign(dy.div(Transforms.pow(Transforms.abs(x[0]).add(1), 2)));
 *   }
 * }
 * Tensor y = new Softsign().apply(x);
 * }</pre>
 */
public interface CustomOperation {

  /** What messages call it. */
  String name();

  /** The result's shape; throws {@link ShapeException} where the inputs do not fit. */
  Shape shape(Shape... inputs);

  /** Writes every element of {@code output}. */
  void forward(INDArray[] inputs, INDArray output);

  /** Writes every element of each of {@code inputGradients} that is not null (null: not wanted). */
  void backward(
      INDArray[] inputs, INDArray output, INDArray outputGradient, INDArray[] inputGradients);

  /** Applies the operation; all inputs have one real element type. */
  default Tensor apply(Tensor... inputs) {
    Operation op = Operation.of(name(), inputs);
    ElementType type = op.sameRealType();
    Shape[] shapes = new Shape[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      shapes[i] = inputs[i].shape();
    }
    Tensor y = op.result(type, shape(shapes));
    forward(views(inputs), y.toINDArray());
    return op.record(
        y,
        g -> {
          INDArray[] targets = new INDArray[inputs.length];
          for (int i = 0; i < inputs.length; i++) {
            Block target = g.target(i);
            targets[i] = target == null ? null : Nd4jViews.of(target);
          }
          Block dy = g.upstream();
          if (!Strides.isDense(dy.shape(), dy.strides())) {
            Block copy = g.scratch(type, dy.shape());
            g.kernels().copy(dy, copy);
            dy = copy;
          }
          backward(views(inputs), y.toINDArray(), Nd4jViews.of(dy), targets);
        });
  }

  private static INDArray[] views(Tensor... tensors) {
    INDArray[] views = new INDArray[tensors.length];
    for (int i = 0; i < tensors.length; i++) {
      views[i] = tensors[i].toINDArray();
    }
    return views;
  }
}
