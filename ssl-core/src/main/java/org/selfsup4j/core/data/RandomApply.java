package org.selfsup4j.core.data;

import org.selfsup4j.core.random.RandomStream;

/**
 * An augmentation that happens only sometimes.
 *
 * @param probability of {@code augmentation}; else the image stays as it is
 * @param augmentation what may happen
 */
public record RandomApply(double probability, Augmentation augmentation) implements Augmentation {

  /** Checks the probability. */
  public RandomApply {
    Require.probability(probability);
  }

  @Override
  public Image apply(Image image, RandomStream random) {
    return random.chance(probability) ? augmentation.apply(image, random) : image;
  }
}
