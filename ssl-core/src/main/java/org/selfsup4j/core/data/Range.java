package org.selfsup4j.core.data;

import org.selfsup4j.core.random.RandomStream;

/**
 * The numbers from {@code low} to {@code high}, from which an augmentation draws.
 *
 * @param low the least
 * @param high the largest; equal to {@code low} for a fixed value
 */
public record Range(double low, double high) {

  /** Checks that both are numbers and in order. */
  public Range {
    if (!(low <= high) || Double.isInfinite(low) || Double.isInfinite(high)) {
      throw new IllegalArgumentException(
          "range from " + low + " to " + high + ": both must be finite, the lower one first");
    }
  }

  /** The numbers from {@code low} to {@code high}. */
  public static Range of(double low, double high) {
    return new Range(low, high);
  }

  /** One number of the range, each equally likely. */
  public double draw(RandomStream random) {
    return random.uniform(low, high);
  }

  /** Whether the range is the one number {@code value}. */
  boolean isOnly(double value) {
    return low == value && high == value;
  }

  @Override
  public String toString() {
    return "[" + low + ", " + high + "]";
  }
}
