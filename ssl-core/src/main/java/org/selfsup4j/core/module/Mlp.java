package org.selfsup4j.core.module;

import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Products;
import org.selfsup4j.core.tensor.Tensor;

/**
 * The two layers inside a transformer block with exact GELU between them.
 *
 * @param hidden D to ratio D
 * @param output ratio D to D
 */
public record Mlp(Linear hidden, Linear output) implements Module {

  /** With Xavier-uniform weights and zero biases. */
  public static Mlp of(int width, int hidden, RandomStream random) {
    return new Mlp(
        Linear.xavier(width, hidden, random.at("hidden")),
        Linear.xavier(hidden, width, random.at("output")));
  }

  /** [..., D] becomes [..., D], with {@code residual} of that shape added unless it is null. */
  public Tensor apply(Tensor x, Tensor residual, Pass pass) {
    return Products.mlp(
        x,
        hidden.weight().in(pass),
        bias(hidden, pass),
        output.weight().in(pass),
        bias(output, pass),
        residual);
  }

  private static Tensor bias(Linear layer, Pass pass) {
    return layer.bias().map(b -> b.in(pass)).orElse(null);
  }
}
