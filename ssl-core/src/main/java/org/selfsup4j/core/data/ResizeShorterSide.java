package org.selfsup4j.core.data;

import org.selfsup4j.core.random.RandomStream;

/**
 * Resizes so that the shorter side has a given length and the shape stays, with antialiasing: what
 * comes before a {@link CenterCrop} in evaluation. Any number of channels; gives floats.
 *
 * @param side length of the shorter side of the result in pixels
 * @param interpolation between pixels
 */
public record ResizeShorterSide(int side, Interpolation interpolation) implements Augmentation {

  /** Checks the size. */
  public ResizeShorterSide {
    Require.size("side", side);
  }

  /** Bilinear. */
  public static ResizeShorterSide of(int side) {
    return new ResizeShorterSide(side, Interpolation.BILINEAR);
  }

  /** The same with another interpolation. */
  public ResizeShorterSide withInterpolation(Interpolation other) {
    return new ResizeShorterSide(side, other);
  }

  @Override
  public Image apply(Image image, RandomStream random) {
    return resize(image);
  }

  Image resize(Image image) {
    int h = image.height();
    int w = image.width();
    // The longer side is cut down to whole pixels, as torchvision does.
    int newHeight = h <= w ? side : Math.toIntExact((long) side * h / w);
    int newWidth = w <= h ? side : Math.toIntExact((long) side * w / h);
    return image.resize(newHeight, newWidth, interpolation, true);
  }
}
