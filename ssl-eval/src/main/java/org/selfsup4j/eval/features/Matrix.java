package org.selfsup4j.eval.features;

import java.util.Arrays;
import java.util.Objects;

/** An immutable matrix of floats on the Java heap, in row-major order. */
public final class Matrix {

  private final int rows;
  private final int columns;
  private final float[] values;

  private Matrix(int rows, int columns, float[] values) {
    this.rows = rows;
    this.columns = columns;
    this.values = values;
  }

  /**
   * A matrix of {@code rows} times {@code columns} numbers in row-major order; they are copied.
   *
   * @throws IllegalArgumentException if there is no row or column, or not as many numbers
   */
  public static Matrix of(int rows, int columns, float[] values) {
    return wrap(rows, columns, values.clone());
  }

  /** A matrix that takes the array over: the caller must not write to it any more. */
  static Matrix wrap(int rows, int columns, float[] values) {
    if (rows < 1 || columns < 1 || values.length != (long) rows * columns) {
      throw new IllegalArgumentException(
          "a matrix of "
              + rows
              + " rows and "
              + columns
              + " columns has "
              + (long) rows * columns
              + " numbers (at least one), given are "
              + values.length);
    }
    return new Matrix(rows, columns, values);
  }

  /** Number of rows. */
  public int rows() {
    return rows;
  }

  /** Number of columns. */
  public int columns() {
    return columns;
  }

  /** The number at a place. */
  public float at(int row, int column) {
    return values[at(row) + Objects.checkIndex(column, columns)];
  }

  /** Writes row {@code row} from {@code target[offset]} on. */
  public void copyRow(int row, float[] target, int offset) {
    System.arraycopy(values, at(row), target, offset, columns);
  }

  /** The rows {@code chosen}, in that order. */
  public Matrix rows(int... chosen) {
    if ((long) chosen.length * columns > Features.MOST_NUMBERS) {
      throw new IllegalArgumentException(
          chosen.length + " rows of " + columns + " numbers are more than an array holds");
    }
    float[] result = new float[chosen.length * columns];
    for (int i = 0; i < chosen.length; i++) {
      copyRow(chosen[i], result, i * columns);
    }
    return wrap(chosen.length, columns, result);
  }

  /** All numbers in row-major order, in an array of the caller's own. */
  public float[] toFloats() {
    return values.clone();
  }

  private int at(int row) {
    return Objects.checkIndex(row, rows) * columns;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Matrix that
        && columns == that.columns
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * columns + Arrays.hashCode(values);
  }

  /** For messages: the sizes, not the numbers. */
  @Override
  public String toString() {
    return "[" + rows + ", " + columns + "]";
  }
}
