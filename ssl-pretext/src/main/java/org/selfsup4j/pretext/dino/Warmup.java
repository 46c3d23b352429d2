package org.selfsup4j.pretext.dino;

/**
 * The teacher's temperature: evenly from {@code start} to {@code end} over the first epochs, both
 * reached, then {@code end}.
 *
 * @param start in epoch 0, above 0
 * @param end from the last epoch of the warm-up on, above 0
 * @param epochs of the warm-up; 0 for none
 */
public record Warmup(double start, double end, int epochs) {

  /** Checks the ranges. */
  public Warmup {
    if (!(start > 0 && end > 0) || epochs < 0) {
      throw new IllegalArgumentException(
          "the teacher's temperature goes from "
              + start
              + " to "
              + end
              + " in "
              + epochs
              + " epochs: both must be above 0 and the epochs not negative");
    }
  }

  /** The same temperature throughout. */
  public static Warmup none(double temperature) {
    return new Warmup(temperature, temperature, 0);
  }

  /** The temperature of {@code epoch}, counted from 0. */
  public double at(long epoch) {
    if (epoch >= epochs) {
      return end;
    }
    return epochs == 1 ? start : start + (end - start) * epoch / (epochs - 1);
  }
}
