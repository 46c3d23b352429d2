package org.selfsup4j.core.data;

import org.selfsup4j.core.random.RandomStream;

/**
 * A window of fixed size at a random place of the padded image. Any number of channels; keeps the
 * kind of storage.
 *
 * @param height of the window in pixels
 * @param width of the window in pixels
 * @param padding pixels added on each side before, 0 for none
 * @param border what is added
 */
public record RandomCrop(int height, int width, int padding, Border border)
    implements Augmentation {

  /** Checks sizes and padding. */
  public RandomCrop {
    Require.size("height", height);
    Require.size("width", width);
    if (padding < 0) {
      throw new IllegalArgumentException("padding is " + padding + ": it must not be negative");
    }
  }

  /** A square window of {@code side} after {@code padding} zeros on each side. */
  public static RandomCrop of(int side, int padding) {
    return new RandomCrop(side, side, padding, Border.ZERO);
  }

  /** The same with another border. */
  public RandomCrop withBorder(Border other) {
    return new RandomCrop(height, width, padding, other);
  }

  @Override
  public Image apply(Image image, RandomStream random) {
    int rows = image.height() + 2 * padding - height;
    int columns = image.width() + 2 * padding - width;
    if (rows < 0 || columns < 0) {
      throw new IllegalArgumentException(
          "a crop of "
              + height
              + "x"
              + width
              + " does not fit into "
              + image
              + " padded by "
              + padding
              + ": resize the images before, or choose a smaller crop or more padding");
    }
    int top = random.nextInt(rows + 1);
    int left = random.nextInt(columns + 1);
    Image padded = padding == 0 ? image : image.pad(padding, border);
    return padded.crop(top, left, height, width);
  }
}
