package org.selfsup4j.core.module;

import java.util.Optional;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Products;
import org.selfsup4j.core.tensor.Tensor;

/**
 * {@code x weight^T + bias} over the last axis.
 *
 * @param weight [O, I]
 * @param bias [O], if any
 */
public record Linear(Parameter weight, Optional<Parameter> bias) implements Module {

  /** Uniform in 1 / sqrt(inputs) with bias, PyTorch's default. */
  public static Linear of(int inputs, int outputs, RandomStream random) {
    double bound = 1 / Math.sqrt(inputs);
    return new Linear(
        Initial.uniform(bound, random.at("weight"), outputs, inputs),
        Optional.of(Initial.uniform(bound, random.at("bias"), outputs)));
  }

  /** The same without bias, as before a batch norm. */
  public static Linear withoutBias(int inputs, int outputs, RandomStream random) {
    return new Linear(
        Initial.uniform(1 / Math.sqrt(inputs), random.at("weight"), outputs, inputs),
        Optional.empty());
  }

  /** Xavier-uniform weight and zero bias: what MAE's code does for its transformers. */
  public static Linear xavier(int inputs, int outputs, RandomStream random) {
    return new Linear(
        Initial.xavierUniform(random.at("weight"), outputs, inputs),
        Optional.of(Initial.constant(0, outputs)));
  }

  /** Truncated normal weight (deviation .02) and zero bias: what ViT's code does. */
  public static Linear truncatedNormal(int inputs, int outputs, RandomStream random) {
    return new Linear(
        Initial.truncatedNormal(0.02, random.at("weight"), outputs, inputs),
        Optional.of(Initial.constant(0, outputs)));
  }

  /** I, how many numbers it takes. */
  public int inputs() {
    return (int) weight.shape().size(1);
  }

  /** O, how many numbers it gives. */
  public int outputs() {
    return (int) weight.shape().size(0);
  }

  /** [..., I] becomes [..., O]. */
  public Tensor apply(Tensor x, Pass pass) {
    return apply(x, null, pass);
  }

  /** [..., I] becomes [..., O], with {@code residual} [..., O] added unless it is null. */
  public Tensor apply(Tensor x, Tensor residual, Pass pass) {
    Tensor b = bias.isPresent() ? bias.get().in(pass) : null;
    return Products.linear(x, weight.in(pass), b, residual);
  }
}
