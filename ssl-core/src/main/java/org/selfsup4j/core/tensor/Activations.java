package org.selfsup4j.core.tensor;

import org.selfsup4j.core.kernel.Unary;

/** The nonlinear functions between the layers of a network. */
public final class Activations {

  private Activations() {}

  /** {@code max(x, 0)}; the gradient at 0 is 0. */
  public static Tensor relu(Tensor x) {
    return Arithmetic.unary(Unary.RELU, 0, 0, x);
  }

  /** {@code x} where positive, else {@code slope x}. */
  public static Tensor leakyRelu(Tensor x, double slope) {
    return Arithmetic.unary(Unary.LEAKY_RELU, slope, 0, x);
  }

  /** {@code x} where positive, else {@code alpha (e^x - 1)}. */
  public static Tensor elu(Tensor x, double alpha) {
    return Arithmetic.unary(Unary.ELU, alpha, 0, x);
  }

  /** Exact GELU: {@code x Phi(x)}. Hendrycks and Gimpel 2016, section 2. */
  public static Tensor gelu(Tensor x) {
    return Arithmetic.unary(Unary.GELU, 0, 0, x);
  }

  /** GELU's approximation with tanh, as some published weights were trained with. */
  public static Tensor geluTanh(Tensor x) {
    return Arithmetic.unary(Unary.GELU_TANH, 0, 0, x);
  }

  /** Hyperbolic tangent. */
  public static Tensor tanh(Tensor x) {
    return Arithmetic.unary(Unary.TANH, 0, 0, x);
  }

  /** {@code 1 / (1 + e^-x)}. */
  public static Tensor sigmoid(Tensor x) {
    return Arithmetic.unary(Unary.SIGMOID, 0, 0, x);
  }

  /** {@code log(1 + e^x)}, without overflow. */
  public static Tensor softplus(Tensor x) {
    return Arithmetic.unary(Unary.SOFTPLUS, 0, 0, x);
  }

  /** {@code x sigmoid(x)}. */
  public static Tensor silu(Tensor x) {
    return Arithmetic.unary(Unary.SILU, 0, 0, x);
  }
}
