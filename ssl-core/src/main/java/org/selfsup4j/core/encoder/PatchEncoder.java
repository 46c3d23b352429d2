package org.selfsup4j.core.encoder;

import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.tensor.Rows;
import org.selfsup4j.core.tensor.Tensor;

/** An encoder of patches, of which it can be given a part: what masked autoencoders need. */
public interface PatchEncoder extends ImageEncoder {

  /**
   * Every patch as a token with its position.
   *
   * @param images [N, C, H, W]
   * @return [N, T, D], T patches in row-major order of the grid
   */
  Tensor embed(Tensor images, Pass pass);

  /**
   * Chosen patches as tokens with their positions: the others need not be embedded.
   *
   * @param images [N, C, H, W]
   * @param places [N, K] INT64, positions in row-major order of the grid
   * @return [N, K, D]
   */
  default Tensor embed(Tensor images, Tensor places, Pass pass) {
    return Rows.gatherTokens(embed(images, pass), places);
  }

  /**
   * Chosen patches through the network.
   *
   * @param tokens [N, K, D] of {@link #embed}, any K of them in any order
   * @return [N, 1 + K, D]: the class token, then the tokens in their order
   */
  Tensor encode(Tensor tokens, Pass pass);

  /**
   * Whether what an image becomes depends on no other image of its batch, in training as well: then
   * a method may compute parts of a batch at the same time ({@link Pass#inParts}). With batch norm
   * it does.
   */
  default boolean treatsImagesAlone() {
    return false;
  }

  /** The part that makes tokens of pixels, without the positions: what some methods freeze. */
  Module patchEmbedding();

  /** Side of a patch in pixels. */
  int patchSize();

  /** Side of the images that the positions were made for, in pixels. */
  int imageSize();
}
