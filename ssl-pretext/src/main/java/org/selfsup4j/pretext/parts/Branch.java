package org.selfsup4j.pretext.parts;

import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.tensor.Tensor;

/**
 * An encoder and its head: one arm of a method that compares two views, and what a momentum teacher
 * is a copy of.
 *
 * @param encoder images to features
 * @param projector features to the space in which views are compared
 */
public record Branch(ImageEncoder encoder, Head projector) implements Module {

  /** [N, C, H, W] becomes [N, d]; where nothing is remembered, only the result keeps memory. */
  public Tensor apply(Tensor images, Pass pass) {
    return pass.session()
        .scope(() -> projector.apply(encoder.features(images, pass), pass)); // [N, d]
  }
}
