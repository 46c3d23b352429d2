package org.selfsup4j.core.encoder;

import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.tensor.Tensor;

/** Turns images into features. */
public interface ImageEncoder extends Module {

  /**
   * The features of images.
   *
   * @param images [N, C, H, W]
   * @return [N, D]
   */
  Tensor features(Tensor images, Pass pass);

  /** D, the number of features. */
  int width();

  /** C, the number of channels of an image. */
  int channels();
}
