package org.selfsup4j.core.kernel;

import org.selfsup4j.core.memory.Block;

/**
 * What follows a product while its result is still in the cache: {@code activation(product + bias)
 * + residual}; each part may be missing ({@code null}).
 *
 * @param bias [columns] of the product, or [channels] of a convolution
 * @param activation RELU, GELU or GELU_TANH
 * @param residual of the result's shape
 */
public record Epilogue(Block bias, Unary activation, Block residual) {

  /** Nothing follows. */
  public static final Epilogue NONE = new Epilogue(null, null, null);

  /** A bias alone; {@code null} for none. */
  public static Epilogue bias(Block bias) {
    return bias == null ? NONE : new Epilogue(bias, null, null);
  }
}
