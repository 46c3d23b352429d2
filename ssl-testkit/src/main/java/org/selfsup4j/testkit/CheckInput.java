package org.selfsup4j.testkit;

import java.util.Arrays;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Shape;

/**
 * The values that a {@link GradientCheck} gives to one input: where they lie, and which points they
 * keep away from because the function has a kink there. All are float32 numbers, so that a check in
 * single precision starts from the same ones.
 */
public final class CheckInput {

  /** How far values stay from a kink; far more than a difference's step. */
  private static final double GAP = 0.02;

  private final String name;
  private final Shape shape;
  private final double low;
  private final double high;
  private final double[] kinks;
  private final boolean distinct;

  private CheckInput(
      String name, Shape shape, double low, double high, double[] kinks, boolean distinct) {
    this.name = name;
    this.shape = shape;
    this.low = low;
    this.high = high;
    this.kinks = kinks;
    this.distinct = distinct;
  }

  /** Values evenly spread over [-1, 1). */
  public static CheckInput of(String name, long... shape) {
    return new CheckInput(name, Shape.of(shape), -1, 1, new double[0], false);
  }

  /** The same input with values in {@code [low, high)}. */
  public CheckInput between(double newLow, double newHigh) {
    if (!(newLow < newHigh)) {
      throw new IllegalArgumentException(
          "low " + newLow + " must lie below high " + newHigh + " of input '" + name + "'");
    }
    return new CheckInput(name, shape, newLow, newHigh, kinks, distinct);
  }

  /** The same input with values that keep away from these points. */
  public CheckInput awayFrom(double... points) {
    return new CheckInput(name, shape, low, high, points.clone(), distinct);
  }

  /** The same input with values that differ from each other by much: for maxima. */
  public CheckInput distinct() {
    return new CheckInput(name, shape, low, high, kinks, true);
  }

  /** What messages call the input. */
  public String name() {
    return name;
  }

  /** The sizes of the input's axes. */
  public Shape shape() {
    return shape;
  }

  /** Values in row-major order. */
  double[] values(RandomStream random) {
    double[] values = new double[Math.toIntExact(shape.count())];
    int[] places = distinct ? random.permutation(values.length) : null;
    for (int i = 0; i < values.length; i++) {
      double value = 0;
      for (int attempt = 0; attempt == 0 || isNearKink(value); attempt++) {
        if (attempt == 1000) {
          throw new IllegalArgumentException(
              "input '"
                  + name
                  + "' finds no value in ["
                  + low
                  + ", "
                  + high
                  + ") away from "
                  + Arrays.toString(kinks));
        }
        double part = random.nextDouble();
        value = low + (high - low) * (distinct ? (places[i] + 0.1 * part) / values.length : part);
      }
      values[i] = (float) value;
    }
    return values;
  }

  private boolean isNearKink(double value) {
    for (double kink : kinks) {
      if (Math.abs(value - kink) < GAP) {
        return true;
      }
    }
    return false;
  }

  /** For messages. */
  @Override
  public String toString() {
    return "'" + name + "' " + shape;
  }
}
