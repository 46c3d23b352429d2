package org.selfsup4j.pretext.parts;

import java.util.List;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.random.RandomStream;

/**
 * The example of every method that compares two views of an image.
 *
 * @param views the first and the second
 */
public record ViewPair(List<Image> views) {

  /** Checks that there are two. */
  public ViewPair {
    views = List.copyOf(views);
    if (views.size() != 2) {
      throw new IllegalArgumentException("a pair has 2 views, got " + views.size());
    }
  }

  /** Two views that are made in the same way, each with draws of its own. */
  public static ViewPair of(Image image, Augmentation augmentation, RandomStream random) {
    return of(image, augmentation, augmentation, random);
  }

  /** The same views, once it is sure that the encoder takes them. */
  public ViewPair requireFor(ImageEncoder encoder) {
    Fitting.requireImages(views, encoder);
    return this;
  }

  /** Two views that are made in two ways. */
  public static ViewPair of(
      Image image, Augmentation first, Augmentation second, RandomStream random) {
    return new ViewPair(
        List.of(first.apply(image, random.at(0)), second.apply(image, random.at(1))));
  }
}
