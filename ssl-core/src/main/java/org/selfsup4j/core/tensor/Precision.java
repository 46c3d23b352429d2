package org.selfsup4j.core.tensor;

import java.util.Locale;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.ElementType;

/**
 * What the numbers of a training step are computed in (Micikevicius et al. 2018, "Mixed precision
 * training"; bfloat16 has float's range and so needs no scaling of the loss). Weights, their
 * gradients, moments, statistics, sums and losses are FLOAT in both.
 */
public enum Precision {
  /** Everything in FLOAT. */
  FLOAT32,
  /**
   * Products and convolutions of numbers rounded to BFLOAT16, added up in FLOAT; encoders keep
   * their activations in BFLOAT16. About twice as fast where the processor has instructions for it.
   */
  BFLOAT16;

  /** As commands and logs call it: {@code float32}, {@code bfloat16}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether {@code kernels} compute this fast on this machine. */
  public boolean isServedBy(Kernels kernels) {
    return this == FLOAT32 || kernels.accelerates("matmul", ElementType.BFLOAT16);
  }
}
