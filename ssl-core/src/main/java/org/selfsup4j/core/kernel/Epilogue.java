package org.selfsup4j.core.kernel;

import org.selfsup4j.core.memory.Block;

/**
 * What follows a product while its result is still in the cache: {@code activation(factor product +
 * bias) + residual}; each part but the factor may be missing ({@code null}).
 *
 * @param factor of the product; 1 wherever there is a bias
 * @param bias [columns] of the product, or [channels] of a convolution
 * @param activation RELU, GELU or GELU_TANH
 * @param residual of the result's shape
 */
public record Epilogue(double factor, Block bias, Unary activation, Block residual) {

  /** Refuses a factor beside a bias: no kernel needs both. */
  public Epilogue {
    if (bias != null && factor != 1) {
      throw new IllegalArgumentException(
          "factor is " + factor + ": beside a bias it must be 1, scale the weights instead");
    }
  }

  /** Nothing follows. */
  public static final Epilogue NONE = new Epilogue(1, null, null, null);

  /** A bias alone; {@code null} for none. */
  public static Epilogue bias(Block bias) {
    return bias == null ? NONE : of(bias, null, null);
  }

  /** Without a factor. */
  public static Epilogue of(Block bias, Unary activation, Block residual) {
    return new Epilogue(1, bias, activation, residual);
  }

  /** A factor alone. */
  public static Epilogue scaled(double factor) {
    return new Epilogue(factor, null, null, null);
  }
}
