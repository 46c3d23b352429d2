package org.selfsup4j.core.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.selfsup4j.core.random.RandomStream;

class SymmetricEigenTest {

  /** Known eigenvalues, hidden by reflections. */
  @Property(tries = 200)
  void findsTheEigenvaluesThatAMatrixWasMadeOf(
      @ForAll @IntRange(min = 1, max = 40) int size, @ForAll long seed) {
    RandomStream random = RandomStream.of(seed);
    double[] want = new double[size];
    for (int i = 0; i < size; i++) {
      want[i] = random.chance(0.3) ? 0 : random.uniform(0, 10); // repeated zeros
    }
    double[][] matrix = new double[size][size];
    for (int i = 0; i < size; i++) {
      matrix[i][i] = want[i];
    }
    for (int round = 0; round < 3; round++) {
      matrix = reflected(matrix, random);
    }

    double[] got = SymmetricEigen.values(matrix);

    Arrays.sort(want);
    Arrays.sort(got);
    assertThat(got).containsExactly(want, within(1e-12));
  }

  /** {@code V' diag(values) V} is the matrix, and V V' the identity. */
  @Property(tries = 100)
  void vectorsAndValuesMakeTheMatrix(
      @ForAll @IntRange(min = 1, max = 30) int size, @ForAll long seed) {
    RandomStream random = RandomStream.of(seed);
    double[][] matrix = new double[size][size];
    double[][] copy = new double[size][size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j <= i; j++) {
        double value = random.chance(0.2) ? 0 : random.nextGaussian();
        matrix[i][j] = matrix[j][i] = copy[i][j] = copy[j][i] = value;
      }
    }

    SymmetricEigen.Decomposition found = SymmetricEigen.decompose(copy);

    for (int i = 0; i < size; i++) {
      assertThat(i == 0 || found.values()[i - 1] >= found.values()[i]).isTrue();
      for (int j = 0; j < size; j++) {
        double made = 0;
        double product = 0;
        for (int k = 0; k < size; k++) {
          double[] vector = found.vectors()[k];
          made += found.values()[k] * vector[i] * vector[j];
          product += found.vectors()[i][k] * found.vectors()[j][k];
        }
        assertThat(made).isCloseTo(matrix[i][j], within(1e-11));
        assertThat(product).isCloseTo(i == j ? 1 : 0, within(1e-11));
      }
    }
  }

  private static double[][] reflected(double[][] a, RandomStream random) {
    int n = a.length;
    double[] v = new double[n];
    double square = 0;
    for (int i = 0; i < n; i++) {
      v[i] = random.nextGaussian();
      square += v[i] * v[i];
    }
    double[][] h = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        h[i][j] = (i == j ? 1 : 0) - 2 * v[i] * v[j] / square;
      }
    }
    return product(product(h, a), h);
  }

  private static double[][] product(double[][] a, double[][] b) {
    int n = a.length;
    double[][] c = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        for (int k = 0; k < n; k++) {
          c[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return c;
  }
}
