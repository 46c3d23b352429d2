package org.selfsup4j.core.analysis;

import java.util.ArrayList;
import java.util.List;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.random.RandomStream;

/**
 * k-means by Lloyd's algorithm (1982): every row goes to its nearest centre, every centre to the
 * mean of its rows, until nothing moves. The products are those of the kernels, a block of rows
 * with all centres at a time; means and distances are added in double.
 *
 * <p>A cluster that is left without rows gets a part of the largest: of its rows those on the side
 * of its farthest one, as seen from their mean. Both parts then move to their means, so that the
 * sum of squared distances never rises, and the result has no empty cluster.
 *
 * @param clusters K
 * @param iterations at most; a few more where a cluster is still empty after them
 * @param seeding of the first centres
 */
public record KMeans(int clusters, int iterations, Seeding seeding) {

  private static final int MOST_SPLITS = 50; // rounds after the last iteration

  /** Which rows are the first centres. */
  public enum Seeding {
    /** K rows, each equally likely. */
    RANDOM,
    /**
     * Each with a probability proportional to the square of its distance to those before (Arthur
     * and Vassilvitskii 2007, "k-means++: the advantages of careful seeding"): better centres for
     * one more product of all rows with each of them.
     */
    PLUS_PLUS
  }

  /** Hears of every iteration, and of first centres where these take time. */
  @FunctionalInterface
  public interface Progress {

    /** Hears nothing. */
    Progress NONE = (iteration, inertia, moved) -> {};

    /**
     * One iteration is done.
     *
     * @param iteration counted from 0
     * @param inertia the sum of the squared distances of all rows to their nearest centres
     * @param moved rows that were in another cluster before
     */
    void iteration(int iteration, double inertia, int moved);

    /**
     * One more of the first centres is chosen, by {@link Seeding#PLUS_PLUS}.
     *
     * @param chosen so far
     */
    default void seed(int chosen) {}
  }

  /** Checks the ranges. */
  public KMeans {
    if (clusters < 1 || iterations < 1) {
      throw new IllegalArgumentException(
          "clusters is "
              + clusters
              + " and iterations "
              + iterations
              + ": both must be at least 1");
    }
  }

  /** Clusters with random first centres. */
  public static KMeans of(int clusters, int iterations) {
    return new KMeans(clusters, iterations, Seeding.RANDOM);
  }

  /**
   * Finds the clusters of {@code rows}.
   *
   * @param random draws the first centres
   * @throws IllegalArgumentException if there are fewer distinct rows than clusters
   */
  public Clusters fit(
      FeatureRows rows, RandomStream random, Kernels kernels, Arena arena, Progress progress) {
    requireEnough(rows);
    try (RowBlocks blocks = new RowBlocks(rows, clusters, rows.mean(), kernels, arena)) {
      int[] chosen = Seeds.choose(this, rows, blocks, random, progress);
      float[] centres = new float[Math.multiplyExact(clusters, rows.width())];
      for (int c = 0; c < clusters; c++) {
        System.arraycopy(
            rows.values(), chosen[c] * rows.width(), centres, c * rows.width(), rows.width());
      }
      return lloyd(rows, centres, blocks, progress);
    }
  }

  /**
   * The same from given centres.
   *
   * @param centres [K, D] in row-major order
   */
  public Clusters fit(FeatureRows rows, float[] centres, Kernels kernels, Arena arena) {
    requireEnough(rows);
    if (centres.length != clusters * rows.width()) {
      throw new IllegalArgumentException(
          centres.length
              + " numbers of centres were given, "
              + clusters
              + " clusters of width "
              + rows.width()
              + " have "
              + clusters * rows.width());
    }
    try (RowBlocks blocks = new RowBlocks(rows, clusters, rows.mean(), kernels, arena)) {
      return lloyd(rows, centres.clone(), blocks, Progress.NONE);
    }
  }

  private void requireEnough(FeatureRows rows) {
    if (clusters > rows.count()) {
      throw new IllegalArgumentException(
          "clusters is "
              + clusters
              + " but there are only "
              + rows.count()
              + " rows: choose fewer clusters");
    }
  }

  private Clusters lloyd(FeatureRows rows, float[] seeds, RowBlocks blocks, Progress progress) {
    float[] centres = seeds;
    int[] before = new int[rows.count()];
    List<Double> inertia = new ArrayList<>();
    for (int round = 0; round <= iterations + MOST_SPLITS; round++) {
      int[] nearest = blocks.nearest(centres, clusters);
      double sum = 0;
      int moved = 0;
      for (int row = 0; row < nearest.length; row++) {
        sum += rows.squaredDistance(row, centres, nearest[row]);
        moved += round == 0 || nearest[row] != before[row] ? 1 : 0;
      }
      inertia.add(sum);
      progress.iteration(round, sum, moved);
      boolean whole = Splits.fillEmpty(rows, nearest, clusters);
      if (whole && (moved == 0 || round >= iterations)) {
        return new Clusters(centres, rows.width(), nearest, inertia);
      }
      double[] means = rows.means(nearest, clusters);
      centres = new float[means.length];
      for (int i = 0; i < means.length; i++) {
        centres[i] = (float) means[i];
      }
      before = nearest;
    }
    // Float cannot tell some rows apart: what is split in one round falls together in the next. The
    // clusters as they were split last are as good, and none of them is empty.
    return new Clusters(centres, rows.width(), before, inertia);
  }
}
