package org.selfsup4j.core.encoder;

import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.tensor.Tensor;

/** An encoder with a class token, which tells where it looks. */
public interface AttentionEncoder extends ImageEncoder {

  /**
   * How much the class token attends to each patch in the last block.
   *
   * @param images [N, C, H, W]
   * @return [N, heads, rows, columns] of the grid of patches; the numbers of a head sum to 1 with
   *     what the class token gives itself
   */
  Tensor attention(Tensor images, Pass pass);
}
