package org.selfsup4j.core.data;

import org.selfsup4j.core.random.RandomStream;

/**
 * Exchanges left and right. Any number of channels.
 *
 * @param probability of the flip
 */
public record RandomHorizontalFlip(double probability) implements Augmentation {

  /** Checks the probability. */
  public RandomHorizontalFlip {
    Require.probability(probability);
  }

  @Override
  public Image apply(Image image, RandomStream random) {
    return random.chance(probability) ? image.flipHorizontal() : image;
  }
}
