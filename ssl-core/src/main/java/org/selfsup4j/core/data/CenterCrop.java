package org.selfsup4j.core.data;

import org.selfsup4j.core.random.RandomStream;

/**
 * The window of fixed size in the middle. Any number of channels; keeps the kind of storage.
 *
 * @param height of the window in pixels
 * @param width of the window in pixels
 */
public record CenterCrop(int height, int width) implements Augmentation {

  /** Checks sizes. */
  public CenterCrop {
    Require.size("height", height);
    Require.size("width", width);
  }

  /** A square window. */
  public static CenterCrop of(int side) {
    return new CenterCrop(side, side);
  }

  @Override
  public Image apply(Image image, RandomStream random) {
    int rows = image.height() - height;
    int columns = image.width() - width;
    if (rows < 0 || columns < 0) {
      throw new IllegalArgumentException(
          "a crop of "
              + height
              + "x"
              + width
              + " does not fit into "
              + image
              + ": resize the images before, or choose a smaller crop");
    }
    // Halves go to the even number, as torchvision rounds them.
    return image.crop((int) Math.rint(rows / 2.0), (int) Math.rint(columns / 2.0), height, width);
  }
}
