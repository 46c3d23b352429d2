package org.selfsup4j.core.module;

import org.selfsup4j.core.tensor.Normalizations;
import org.selfsup4j.core.tensor.Tensor;

/**
 * Layer norm over the last axis.
 *
 * @param weight [D], gamma
 * @param bias [D], beta
 * @param epsilon added to the variance
 */
public record LayerNorm(Parameter weight, Parameter bias, double epsilon) implements Module {

  /** Gamma 1, beta 0; epsilon 1e-6 is what vision transformers use. */
  public static LayerNorm of(int width, double epsilon) {
    return new LayerNorm(Initial.constant(1, width), Initial.constant(0, width), epsilon);
  }

  /** [..., D] normalised, in the type that activations are kept in: see {@link Pass#narrow}. */
  public Tensor applyNarrow(Tensor x, Pass pass) {
    return Normalizations.layerNorm(
        x, weight.in(pass), bias.in(pass), epsilon, pass.activationType(x.type()));
  }

  /** [..., D] normalised. */
  public Tensor apply(Tensor x, Pass pass) {
    return Normalizations.layerNorm(x, weight.in(pass), bias.in(pass), epsilon);
  }
}
