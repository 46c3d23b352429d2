package org.selfsup4j.core.data;

import java.util.List;
import java.util.stream.Stream;
import org.selfsup4j.core.random.RandomStream;

/**
 * Augmentations one after the other.
 *
 * @param steps the changes in their order; none changes nothing
 */
public record Augmentations(List<Augmentation> steps) implements Augmentation {

  /** Takes a copy of the list. */
  public Augmentations {
    steps = List.copyOf(steps);
  }

  /** The changes {@code steps} in their order. */
  public static Augmentations of(Augmentation... steps) {
    return new Augmentations(List.of(steps));
  }

  @Override
  public Image apply(Image image, RandomStream random) {
    Image result = image;
    for (Augmentation step : steps) {
      result = step.apply(result, random);
    }
    return result;
  }

  @Override
  public Augmentations then(Augmentation next) {
    return new Augmentations(Stream.concat(steps.stream(), Stream.of(next)).toList());
  }
}
