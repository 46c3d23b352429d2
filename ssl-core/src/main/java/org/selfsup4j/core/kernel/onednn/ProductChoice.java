package org.selfsup4j.core.kernel.onednn;

import org.selfsup4j.core.kernel.Epilogue;
import org.selfsup4j.core.memory.ElementType;

/**
 * Which of oneDNN's implementations of a product to take where the first that it offers is not the
 * fastest: the older one copies both sides as its kernel reads them, which pays where the first one
 * turns its left side, or adds up only some hundred numbers for each of the result. The rules are
 * of oneDNN 3.13 with AVX-512, measured with the repacking of the right side on one and on two
 * threads; {@code docs/performance.md} has the figures.
 */
record ProductChoice(Product product, Epilogue epilogue, boolean accumulate) {

  private static final String FLOATS = "brg_matmul:avx512_core";
  private static final String ROUNDED = "brg_matmul:avx512_core_bf16";

  /**
   * The implementation of the product.
   *
   * @param first the name of oneDNN's first
   * @return a name, or null for the first
   */
  String of(String first) {
    return first.equals(FLOATS) && isFloat() && suits() ? "gemm:jit:f32" : null;
  }

  /**
   * The implementation of the gradients of a linear layer's weights [out, in] and bias. The other
   * one adds the bias's up in a pass of its own, which one thread hardly feels.
   *
   * @param first the name of oneDNN's first
   * @return a name, or null for the first
   */
  static String ofLinearWeights(String first, long in, long out, int threads) {
    boolean floats = first.equals(FLOATS) && (threads == 1 || in >= out);
    boolean rounded = first.equals(ROUNDED) && threads == 1 && in < out;
    return floats || rounded ? "x64:gemm:jit" : null;
  }

  private boolean isFloat() {
    for (int k = 0; k < product.operands(); k++) {
      if (product.type(k) != ElementType.FLOAT) {
        return false;
      }
    }
    return true;
  }

  private boolean suits() {
    if (epilogue.activation() != null) { // a pass of its own over the result
      return false;
    }
    if (product.isTurned(0)) {
      return product.isBatch()
          ? product.columns() <= 32 && product.rows() >= 48
          : product.columns() >= 16 && product.rows() >= 16;
    }
    if (product.isBatch() || accumulate) {
      return false;
    }
    long most = epilogue.residual() == null ? 3 : 4;
    boolean wide = product.columns() >= 128 && product.inner() <= most * product.columns();
    return wide && (product.packsRight() || !product.isTurned(1));
  }
}
