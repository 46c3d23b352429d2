package org.selfsup4j.core.data;

import org.selfsup4j.core.random.RandomStream;

/**
 * Resizes to one size, whatever shape the image had. Any number of channels; gives floats.
 *
 * @param height of the result in pixels
 * @param width of the result in pixels
 * @param interpolation between pixels
 * @param antialias whether all pixels count where the image shrinks (as Pillow does)
 */
public record Resize(int height, int width, Interpolation interpolation, boolean antialias)
    implements Augmentation {

  /** Checks sizes. */
  public Resize {
    Require.size("height", height);
    Require.size("width", width);
  }

  /** To a square of {@code side}, bilinear with antialias. */
  public static Resize of(int side) {
    return new Resize(side, side, Interpolation.BILINEAR, true);
  }

  /** The same with another interpolation. */
  public Resize withInterpolation(Interpolation other) {
    return new Resize(height, width, other, antialias);
  }

  /** The same with or without antialiasing. */
  public Resize withAntialias(boolean other) {
    return new Resize(height, width, interpolation, other);
  }

  @Override
  public Image apply(Image image, RandomStream random) {
    return image.resize(height, width, interpolation, antialias);
  }
}
