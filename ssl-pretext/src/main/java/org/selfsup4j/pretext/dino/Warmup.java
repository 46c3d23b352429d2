package org.selfsup4j.pretext.dino;

import org.selfsup4j.pretext.parts.Temperature;

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
    Temperature.require("the teacher's temperature at the start", start);
    Temperature.require("the teacher's temperature at the end", end);
    if (epochs < 0) {
      throw new IllegalArgumentException("epochs is " + epochs + ": it must not be negative");
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
