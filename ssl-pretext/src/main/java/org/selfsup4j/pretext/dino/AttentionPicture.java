package org.selfsup4j.pretext.dino;

import org.selfsup4j.core.kernel.Reduction;
import org.selfsup4j.core.tensor.Reductions;
import org.selfsup4j.core.tensor.Tensor;

/** Weights of patches as a picture of the image's size. */
final class AttentionPicture {

  private AttentionPicture() {}

  /**
   * Each weight as a square of its patch's size, in parts of the image's largest.
   *
   * @param weights [N, 1, rows, columns]
   * @param images [N, C, H, W], whose patches they belong to
   * @return [N, 1, H, W]
   */
  static Tensor of(Tensor weights, Tensor images) {
    long n = weights.size(0);
    long rows = weights.size(2);
    long columns = weights.size(3);
    long high = images.size(2) / rows;
    long wide = images.size(3) / columns;
    Tensor largest = Reductions.reduce(Reduction.MAX, weights, true, 2, 3); // [N, 1, 1, 1]
    return weights
        .dividedBy(largest)
        .reshape(n, rows, 1, columns, 1)
        .broadcast(n, rows, high, columns, wide)
        .reshape(n, 1, rows * high, columns * wide);
  }
}
