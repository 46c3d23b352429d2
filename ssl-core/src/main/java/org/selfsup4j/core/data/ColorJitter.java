package org.selfsup4j.core.data;

import org.selfsup4j.core.random.RandomStream;

/**
 * Changes brightness, contrast, saturation and hue, in random order and by random amounts, as
 * torchvision defines them. Gives floats within [0, 1].
 *
 * <p>Brightness multiplies; contrast blends with the mean gray of the image; saturation blends with
 * the pixel's gray; hue turns the color circle. An image of one channel has no saturation and no
 * hue: both leave it as it is. With other numbers of channels than 1 and 3 saturation and hue are
 * refused, and the mean gray is the mean of all values.
 *
 * @param brightness range of the factor, 1 for no change
 * @param contrast range of the share of the image in the blend, 1 for no change
 * @param saturation range of the share of the image in the blend, 1 for no change
 * @param hue range of the turn in whole circles, within [-0.5, 0.5], 0 for no change
 */
public record ColorJitter(Range brightness, Range contrast, Range saturation, Range hue)
    implements Augmentation {

  private static final int OPERATIONS = 4;

  /** Checks the ranges. */
  public ColorJitter {
    Require.inside("brightness", brightness, 0, Double.MAX_VALUE);
    Require.inside("contrast", contrast, 0, Double.MAX_VALUE);
    Require.inside("saturation", saturation, 0, Double.MAX_VALUE);
    Require.inside("hue", hue, -0.5, 0.5);
  }

  /**
   * Jitter by strengths: factors from {@code max(0, 1 - strength)} to {@code 1 + strength}, hue
   * from {@code -hue} to {@code hue}. 0 switches one off.
   */
  public static ColorJitter of(double brightness, double contrast, double saturation, double hue) {
    return new ColorJitter(
        around("brightness", brightness),
        around("contrast", contrast),
        around("saturation", saturation),
        Range.of(-hue, hue));
  }

  private static Range around(String name, double strength) {
    if (!(strength >= 0)) {
      throw new IllegalArgumentException(name + " is " + strength + ": it must not be negative");
    }
    return Range.of(Math.max(0, 1 - strength), 1 + strength);
  }

  /** The same with another range of brightness. */
  public ColorJitter withBrightness(double low, double high) {
    return new ColorJitter(Range.of(low, high), contrast, saturation, hue);
  }

  /** The same with another range of contrast. */
  public ColorJitter withContrast(double low, double high) {
    return new ColorJitter(brightness, Range.of(low, high), saturation, hue);
  }

  /** The same with another range of saturation. */
  public ColorJitter withSaturation(double low, double high) {
    return new ColorJitter(brightness, contrast, Range.of(low, high), hue);
  }

  /** The same with another range of hue. */
  public ColorJitter withHue(double low, double high) {
    return new ColorJitter(brightness, contrast, saturation, Range.of(low, high));
  }

  @Override
  public Image apply(Image image, RandomStream random) {
    boolean colored = !(saturation.isOnly(1) && hue.isOnly(0));
    boolean color = colored && Require.color("ColorJitter with saturation or hue", image);
    int[] order = random.permutation(OPERATIONS);
    float byBrightness = (float) brightness.draw(random);
    float byContrast = (float) contrast.draw(random);
    float bySaturation = (float) saturation.draw(random);
    float byHue = (float) hue.draw(random);
    float[] pixels = image.toFloats();
    for (int operation : order) {
      if (operation == 0 && !brightness.isOnly(1)) {
        ColorArithmetic.brightness(pixels, byBrightness);
      } else if (operation == 1 && !contrast.isOnly(1)) {
        ColorArithmetic.contrast(pixels, image.channels(), byContrast);
      } else if (operation == 2 && color && !saturation.isOnly(1)) {
        ColorArithmetic.saturation(pixels, bySaturation);
      } else if (operation == 3 && color && !hue.isOnly(0)) {
        ColorArithmetic.hue(pixels, byHue);
      }
    }
    return image.withPixels(pixels);
  }
}
