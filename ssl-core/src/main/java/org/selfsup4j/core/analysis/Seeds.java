package org.selfsup4j.core.analysis;

import java.util.Arrays;
import org.selfsup4j.core.random.RandomStream;

/** The rows that k-means begins with. */
final class Seeds {

  private Seeds() {}

  static int[] choose(
      KMeans means,
      FeatureRows rows,
      RowBlocks blocks,
      RandomStream random,
      KMeans.Progress progress) {
    return means.seeding() == KMeans.Seeding.RANDOM
        ? Arrays.copyOf(random.permutation(rows.count()), means.clusters())
        : plusPlus(means.clusters(), rows, blocks, random, progress);
  }

  /** Each with a probability of its squared distance to the nearest of those before. */
  private static int[] plusPlus(
      int number,
      FeatureRows rows,
      RowBlocks blocks,
      RandomStream random,
      KMeans.Progress progress) {
    double[] squares = squares(rows);
    double[] distances = new double[rows.count()]; // squared, to the nearest of those chosen
    Arrays.fill(distances, Double.POSITIVE_INFINITY);
    int[] chosen = new int[number];
    chosen[0] = random.nextInt(rows.count());
    progress.seed(1);
    for (int c = 1; c < number; c++) {
      int last = chosen[c - 1];
      int from = last * rows.width();
      float[] products =
          blocks.products(Arrays.copyOfRange(rows.values(), from, from + rows.width()));
      double sum = 0;
      for (int row = 0; row < distances.length; row++) {
        double square = squares[row] + squares[last] - 2.0 * products[row];
        distances[row] = Math.min(distances[row], Math.max(0, square));
        sum += distances[row];
      }
      distances[last] = 0;
      chosen[c] = draw(distances, random.nextDouble() * sum, random);
      progress.seed(c + 1);
    }
    return chosen;
  }

  private static int draw(double[] weights, double at, RandomStream random) {
    double rest = at;
    for (int row = 0; row < weights.length; row++) {
      rest -= weights[row];
      if (rest < 0) {
        return row;
      }
    }
    return random.nextInt(weights.length); // all rows are chosen ones, or equal to one
  }

  /** The squared distance of each row to the mean of all. */
  private static double[] squares(FeatureRows rows) {
    double[] mean = rows.mean();
    float[] centre = new float[mean.length];
    for (int i = 0; i < centre.length; i++) {
      centre[i] = (float) mean[i];
    }
    double[] squares = new double[rows.count()];
    for (int row = 0; row < squares.length; row++) {
      squares[row] = rows.squaredDistance(row, centre, 0);
    }
    return squares;
  }
}
