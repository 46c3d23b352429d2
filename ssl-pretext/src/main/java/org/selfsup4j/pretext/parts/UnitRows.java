package org.selfsup4j.pretext.parts;

import org.selfsup4j.core.module.Buffer;
import org.selfsup4j.core.random.RandomStream;

/** What queues and banks begin with: rows of random direction and length 1. */
final class UnitRows {

  private UnitRows() {}

  /**
   * A buffer [size, dimension], each direction equally likely.
   *
   * @param what it is for, in the message if a size is below 1
   */
  static Buffer random(String what, int size, int dimension, RandomStream random) {
    if (size < 1 || dimension < 1) {
      throw new IllegalArgumentException(
          what + " of " + size + " rows of " + dimension + " numbers: both must be at least 1");
    }
    double[] values = new double[Math.multiplyExact(size, dimension)];
    for (int row = 0; row < size; row++) {
      double squares = 0;
      for (int i = row * dimension; i < (row + 1) * dimension; i++) {
        values[i] = random.nextGaussian();
        squares += values[i] * values[i];
      }
      for (int i = row * dimension; i < (row + 1) * dimension; i++) {
        values[i] /= Math.sqrt(squares);
      }
    }
    return Buffer.of(values, size, dimension);
  }
}
