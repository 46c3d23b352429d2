package org.selfsup4j.core.data;

/** What options of this package must keep to, with the words to say so. */
final class Require {

  private Require() {}

  static void size(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + ": it must be at least 1 pixel");
    }
  }

  static void probability(double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException("probability is " + value + ": it must lie in [0, 1]");
    }
  }

  static void inside(String name, Range range, double low, double high) {
    if (range.low() < low || range.high() > high) {
      throw new IllegalArgumentException(
          name + " is " + range + ": it must lie in [" + low + ", " + high + "]");
    }
  }

  /** True for 3 channels, false for 1, where {@code operation} changes nothing; else an error. */
  static boolean color(String operation, Image image) {
    if (image.channels() != 1 && image.channels() != 3) {
      throw new IllegalArgumentException(
          operation
              + " needs an image of red, green and blue (or of gray, which it leaves as it is), but "
              + image
              + " has "
              + image.channels()
              + " channels: leave it out of the augmentation");
    }
    return image.channels() == 3;
  }
}
