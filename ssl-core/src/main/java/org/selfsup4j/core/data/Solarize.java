package org.selfsup4j.core.data;

import org.selfsup4j.core.random.RandomStream;

/**
 * Inverts what is bright: values at or above {@code threshold} become {@code 1 - value} (BYOL,
 * appendix B, with probability 0.2 for one of two views). Any number of channels; gives floats.
 *
 * @param threshold within [0, 1]
 */
public record Solarize(double threshold) implements Augmentation {

  /** Checks the threshold. */
  public Solarize {
    if (!(threshold >= 0 && threshold <= 1)) {
      throw new IllegalArgumentException("threshold is " + threshold + ": it must lie in [0, 1]");
    }
  }

  /** Inverts the upper half: threshold 0.5. */
  public static Solarize half() {
    return new Solarize(0.5);
  }

  @Override
  public Image apply(Image image, RandomStream random) {
    float from = (float) threshold;
    float[] pixels = image.toFloats();
    for (int i = 0; i < pixels.length; i++) {
      float value = pixels[i];
      pixels[i] = value >= from ? 1 - value : value;
    }
    return image.withPixels(pixels);
  }
}
