package org.selfsup4j.testkit;

import java.util.Arrays;
import org.selfsup4j.core.tensor.Joins;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.tensor.Views;

/** In which form the gradient of a result reaches the operation that made it. */
enum Upstream {
  /** Gapless, in the order of the result. */
  DENSE,
  /** One number, repeated with stride 0; the cotangent is 1 everywhere. */
  REPEATED,
  /** Gapless, with the axes in reverse order. */
  TRANSPOSED,
  /** Between foreign numbers, which are NaN. */
  SLICED;

  /** {@code sum(y * cotangent)}, where the cotangent counts. */
  Tensor loss(Tensor y, Tensor cotangent) {
    if (this == REPEATED) {
      return y.sum();
    }
    if (this == DENSE || y.rank() == 0) {
      return y.times(cotangent).sum();
    }
    if (this == SLICED) {
      return Joins.pad(y, -1, 1, 2, 0).times(Joins.pad(cotangent, -1, 1, 2, Double.NaN)).sum();
    }
    int rank = y.rank();
    int[] axes = new int[rank];
    Arrays.setAll(axes, i -> rank - 1 - i);
    return Views.contiguous(y.permute(axes)).times(cotangent.permute(axes)).sum();
  }
}
