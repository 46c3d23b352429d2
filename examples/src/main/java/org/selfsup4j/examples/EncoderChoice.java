package org.selfsup4j.examples;

import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.models.ResNet;
import org.selfsup4j.models.VisionTransformer;

/** The encoders that {@code --encoder} names. */
enum EncoderChoice {
  /** ResNet-18 at a quarter of its width. */
  NARROW18,
  /** ResNet-18. */
  RESNET18,
  /** ResNet-50. */
  RESNET50,
  /** ViT-Tiny: 192 wide, 12 deep, 3 heads; its features are the mean of the patches. */
  VIT_TINY;

  /** Images up to this side get the small stem and small patches. */
  private static final int SMALL = 64;

  /** A fresh encoder for images of {@code side}; equal seeds give equal weights. */
  ImageEncoder make(int side, long seed) {
    RandomStream random = RandomStream.of(seed).at("encoder");
    ResNet.Stem stem = side <= SMALL ? ResNet.Stem.SMALL : ResNet.Stem.LARGE;
    return switch (this) {
      case NARROW18 -> ResNet.narrow18(stem, random);
      case RESNET18 -> ResNet.resnet18(stem, random);
      case RESNET50 -> ResNet.resnet50(stem, random);
      case VIT_TINY ->
          VisionTransformer.tiny(side, side <= SMALL ? 4 : 16, random)
              .withPool(VisionTransformer.Pool.NORM_THEN_MEAN);
    };
  }
}
