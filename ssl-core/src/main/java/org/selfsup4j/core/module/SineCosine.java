package org.selfsup4j.core.module;

/**
 * Fixed positions of the patches of an image: sines and cosines of column and row (Vaswani et al.
 * 2017, section 3.5, in two dimensions as in the code of He et al. 2022, "Masked autoencoders are
 * scalable vision learners").
 */
public final class SineCosine {

  private static final double LONGEST = 10000; // wavelengths go from 2 pi to 10000 2 pi

  private SineCosine() {}

  /**
   * The table in row-major order: one row for each patch, itself in row-major order of the grid.
   * With {@code q = width / 4} and {@code w(j) = 10000^(-j/q)}, columns 0 to q hold {@code
   * sin(column w(j))}, then come q of {@code cos(column w(j))}, {@code sin(row w(j))}, {@code
   * cos(row w(j))}.
   *
   * @param width D, a multiple of 4
   * @param classToken whether a row of zeros stands in front
   * @return [(1 +) rows x columns, D]
   */
  public static double[] table(int width, int rows, int columns, boolean classToken) {
    if (width < 4 || width % 4 != 0) {
      throw new IllegalArgumentException(
          "width " + width + " is not a multiple of 4: sines and cosines of two axes share it");
    }
    int quarter = width / 4;
    int first = classToken ? 1 : 0;
    double[] table = new double[(first + rows * columns) * width];
    for (int j = 0; j < quarter; j++) {
      double frequency = Math.pow(LONGEST, -(double) j / quarter);
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
          int at = (first + row * columns + column) * width + j;
          table[at] = Math.sin(column * frequency);
          table[at + quarter] = Math.cos(column * frequency);
          table[at + 2 * quarter] = Math.sin(row * frequency);
          table[at + 3 * quarter] = Math.cos(row * frequency);
        }
      }
    }
    return table;
  }
}
