package org.selfsup4j.core.kernel;

/** Functions of one number; {@code a} and {@code b} are the two settings that some of them have. */
public enum Unary {
  /** {@code a x + b}. */
  LINEAR,
  /** {@code e^x}. */
  EXP,
  /** Natural logarithm. */
  LOG,
  /** Square root. */
  SQRT,
  /** {@code |x|}. */
  ABS,
  /** {@code x^a}. */
  POWER,
  /** Hyperbolic tangent. */
  TANH,
  /** {@code 1 / (1 + e^-x)}. */
  SIGMOID,
  /** {@code max(x, 0)}. */
  RELU,
  /** {@code x} where positive, else {@code a x}. */
  LEAKY_RELU,
  /** {@code x} where positive, else {@code a (e^x - 1)}. */
  ELU,
  /** {@code x Phi(x)} with the normal distribution's exact Phi (Hendrycks and Gimpel 2016). */
  GELU,
  /** GELU's approximation with tanh (the same paper). */
  GELU_TANH,
  /** {@code log(1 + e^x)}, without overflow. */
  SOFTPLUS,
  /** {@code x sigmoid(x)}. */
  SILU,
  /** {@code x} limited to {@code [a, b]}; the gradient is 0 outside and 1 on the borders. */
  CLIP
}
