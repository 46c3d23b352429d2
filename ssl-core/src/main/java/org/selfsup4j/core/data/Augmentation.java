package org.selfsup4j.core.data;

import org.selfsup4j.core.random.RandomStream;

/**
 * A change to an image, drawn at random: the source of the views that most pretext tasks compare.
 *
 * <p>An augmentation is a value without state: any number of loader threads use one at the same
 * time, and the same image with the same address of randomness gives the same result. Draws are
 * taken from the given stream, so two calls with one stream give two views:
 *
 * <pre>{@code
 * Augmentation views = Augmentations.of(
 *     RandomResizedCrop.of(32), new RandomHorizontalFlip(0.5),
 *     ColorJitter.of(0.4, 0.4, 0.4, 0.1).withProbability(0.8), new RandomGrayscale(0.2));
 * Image first = views.apply(image, random);
 * Image second = views.apply(image, random);
 * }</pre>
 */
@FunctionalInterface
public interface Augmentation {

  /** The changed image; {@code image} itself where nothing was to be changed. */
  Image apply(Image image, RandomStream random);

  /** This change, then {@code next}. */
  default Augmentation then(Augmentation next) {
    return Augmentations.of(this, next);
  }

  /** This change with {@code probability}, else none. */
  default Augmentation withProbability(double probability) {
    return new RandomApply(probability, this);
  }
}
