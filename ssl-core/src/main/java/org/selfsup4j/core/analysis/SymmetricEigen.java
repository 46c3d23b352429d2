package org.selfsup4j.core.analysis;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The eigenvalues of a symmetric matrix in double, and its eigenvectors: Householder reflections to
 * a tridiagonal matrix, then implicit QR steps with Wilkinson's shift (Golub and Van Loan, Matrix
 * Computations, 4th edition, algorithms 8.3.1 and 8.3.2). Each eigenvalue is right to about 1e-15
 * of the largest.
 */
public final class SymmetricEigen {

  /**
   * Eigenvalues, the largest first, and their vectors.
   *
   * @param values [n]
   * @param vectors [n, n], one row an eigenvector of length 1
   */
  public record Decomposition(double[] values, double[][] vectors) {}

  private final double[] diagonal;
  private final double[] beside; // beside[i] couples i and i + 1
  private final double[][] basis; // rows: the present basis in the first one; null if not wanted

  private SymmetricEigen(int size, boolean vectors) {
    diagonal = new double[size];
    beside = new double[Math.max(0, size - 1)];
    basis = vectors ? new double[size][size] : null;
    for (int i = 0; vectors && i < size; i++) {
      basis[i][i] = 1;
    }
  }

  /**
   * All eigenvalues, in no order.
   *
   * @param matrix [n, n], symmetric and finite; overwritten
   */
  public static double[] values(double[][] matrix) {
    SymmetricEigen eigen = new SymmetricEigen(matrix.length, false);
    eigen.reflect(matrix);
    eigen.rotate();
    return eigen.diagonal;
  }

  /**
   * All eigenvalues and eigenvectors, in about 6 n^3 operations.
   *
   * @param matrix [n, n], symmetric and finite; overwritten
   */
  public static Decomposition decompose(double[][] matrix) {
    SymmetricEigen eigen = new SymmetricEigen(matrix.length, true);
    eigen.reflect(matrix);
    eigen.rotate();
    int[] order =
        IntStream.range(0, matrix.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -eigen.diagonal[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] values = new double[order.length];
    double[][] vectors = new double[order.length][];
    for (int i = 0; i < order.length; i++) {
      values[i] = eigen.diagonal[order[i]];
      vectors[i] = eigen.basis[order[i]];
    }
    return new Decomposition(values, vectors);
  }

  private void reflect(double[][] a) {
    int n = a.length;
    double[] v = new double[n];
    double[] w = new double[n];
    for (int k = 0; k < n - 1; k++) {
      diagonal[k] = a[k][k];
      double norm = 0;
      for (int i = k + 1; i < n; i++) {
        v[i] = a[i][k];
        norm = Math.hypot(norm, v[i]);
      }
      beside[k] = v[k + 1] > 0 ? -norm : norm;
      v[k + 1] -= beside[k];
      double square = 0;
      for (int i = k + 1; i < n; i++) {
        square += v[i] * v[i];
      }
      if (square > 0) {
        reflectRest(a, k + 1, v, w, 2 / square);
        if (basis != null) {
          reflectBasis(k + 1, v, w, 2 / square);
        }
      }
    }
    if (n > 0) {
      diagonal[n - 1] = a[n - 1][n - 1];
    }
  }

  /**
   * {@code A = H A H} with {@code H = 1 - beta v v'}, on the rows and columns from {@code from}.
   */
  private static void reflectRest(double[][] a, int from, double[] v, double[] w, double beta) {
    int n = a.length;
    for (int j = from; j < n; j++) {
      w[j] = 0;
    }
    for (int i = from; i < n; i++) {
      addScaled(beta * v[i], a[i], w, from); // a row is also a column
    }
    double product = 0;
    for (int i = from; i < n; i++) {
      product += w[i] * v[i];
    }
    addScaled(-beta * product / 2, v, w, from);
    for (int i = from; i < n; i++) {
      addScaled(-v[i], w, a[i], from);
      addScaled(-w[i], v, a[i], from);
    }
  }

  /** {@code B = H B}: the rows of B from {@code from} on are the new basis of the rest. */
  private void reflectBasis(int from, double[] v, double[] w, double beta) {
    int n = basis.length;
    Arrays.fill(w, 0);
    for (int i = from; i < n; i++) {
      addScaled(v[i], basis[i], w, 0);
    }
    for (int i = from; i < n; i++) {
      addScaled(-beta * v[i], w, basis[i], 0);
    }
  }

  private static void addScaled(double factor, double[] x, double[] y, int from) {
    for (int j = from; j < y.length; j++) {
      y[j] += factor * x[j];
    }
  }

  private void rotate() {
    double largest = 0;
    for (int i = 0; i < diagonal.length; i++) {
      double coupling = i < beside.length ? Math.abs(beside[i]) : 0;
      largest = Math.max(largest, Math.abs(diagonal[i]) + coupling);
    }
    double nothing = Math.ulp(largest); // also where neighbours on the diagonal are zero
    int high = diagonal.length - 1;
    while (high > 0) {
      int low = high;
      while (low > 0 && Math.abs(beside[low - 1]) > nothing) {
        low--;
      }
      if (low == high) {
        high--;
      } else {
        step(low, high);
      }
    }
  }

  /** {@code (x, y) = (c x + s y, c y - s x)}. */
  private static void turn(double[] x, double[] y, double c, double s) {
    for (int i = 0; i < x.length; i++) {
      double old = x[i];
      x[i] = c * old + s * y[i];
      y[i] = c * y[i] - s * old;
    }
  }

  private void step(int low, int high) {
    double half = (diagonal[high - 1] - diagonal[high]) / 2;
    double coupling = beside[high - 1];
    double root = Math.hypot(half, coupling);
    double shift = diagonal[high] - coupling * (coupling / (half >= 0 ? half + root : half - root));
    double x = diagonal[low] - shift;
    double z = beside[low];
    for (int k = low; k < high; k++) {
      double r = Math.hypot(x, z);
      double c = r == 0 ? 1 : x / r;
      double s = r == 0 ? 0 : z / r;
      if (k > low) {
        beside[k - 1] = r;
      }
      double first = diagonal[k];
      double second = diagonal[k + 1];
      double between = beside[k];
      diagonal[k] = c * c * first + 2 * c * s * between + s * s * second;
      diagonal[k + 1] = s * s * first - 2 * c * s * between + c * c * second;
      beside[k] = c * s * (second - first) + (c * c - s * s) * between;
      if (basis != null) {
        turn(basis[k], basis[k + 1], c, s);
      }
      if (k < high - 1) {
        x = beside[k];
        z = s * beside[k + 1];
        beside[k + 1] *= c;
      }
    }
  }
}
