package org.selfsup4j.testkit.golden;

/**
 * How far a computed value may lie from a stored one.
 *
 * @param relative allowed difference, relative to the larger of the entry and its tensor's root
 *     mean square
 * @param absolute allowed on top of it for an entry
 */
public record Tolerance(double relative, double absolute) {

  /** For what was computed in double; the stored values have 9 significant digits. */
  public static final Tolerance DOUBLE = new Tolerance(1e-7, 1e-12);

  /** For what was computed in float32. */
  public static final Tolerance FLOAT = new Tolerance(1e-4, 1e-7);

  /** Refuses what would let everything or nothing pass. */
  public Tolerance {
    if (!(relative > 0 && relative < 1) || !(absolute >= 0 && absolute < 1)) {
      throw new IllegalArgumentException(
          "tolerance "
              + relative
              + " relative, "
              + absolute
              + " absolute: both must lie below 1 and the relative one above 0");
    }
  }

  /** What an entry of a tensor may differ by. */
  double ofEntry(double want, double rootMeanSquare) {
    return relative * Math.max(Math.abs(want), rootMeanSquare) + absolute;
  }

  /** What the norm of a tensor may differ by. */
  double ofNorm(double l2) {
    return relative * l2;
  }

  /** What the sum of a tensor may differ by. */
  double ofSum(double sum, double l2) {
    return relative * Math.max(Math.abs(sum), l2);
  }

  /** What a number that stands alone may differ by. */
  double ofNumber(double want) {
    return relative * Math.max(1, Math.abs(want));
  }
}
