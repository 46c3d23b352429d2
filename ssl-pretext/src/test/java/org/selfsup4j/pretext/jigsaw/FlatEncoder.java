package org.selfsup4j.pretext.jigsaw;

import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.module.Linear;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Tensor;

/** An encoder that can be written out: its features are a linear map of the pixels. */
record FlatEncoder(Linear map, int channels) implements ImageEncoder {

  static FlatEncoder of(int side, int channels, int width) {
    return new FlatEncoder(
        Linear.of(side * side * channels, width, RandomStream.of(1).at("flat")), channels);
  }

  @Override
  public Tensor features(Tensor images, Pass pass) {
    long n = images.size(0);
    return map.apply(images.reshape(n, images.shape().count() / n), pass); // [N, D]
  }

  @Override
  public int width() {
    return (int) map.weight().shape().size(0);
  }
}
