package org.selfsup4j.core.data;

import org.selfsup4j.core.random.RandomStream;

/**
 * Takes the colors away: red, green and blue become {@code 0.2989 R + 0.587 G + 0.114 B}. An image
 * of one channel stays as it is; other numbers of channels are refused. Gives floats.
 *
 * @param probability of the change
 */
public record RandomGrayscale(double probability) implements Augmentation {

  /** Checks the probability. */
  public RandomGrayscale {
    Require.probability(probability);
  }

  @Override
  public Image apply(Image image, RandomStream random) {
    boolean color = Require.color("RandomGrayscale", image);
    if (!random.chance(probability) || !color) {
      return image;
    }
    float[] pixels = image.toFloats();
    ColorArithmetic.grayscale(pixels);
    return image.withPixels(pixels);
  }
}
