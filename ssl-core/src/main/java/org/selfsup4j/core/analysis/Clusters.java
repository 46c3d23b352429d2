package org.selfsup4j.core.analysis;

import java.util.List;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;

/**
 * What k-means found.
 *
 * @param centres [K, D] in row-major order
 * @param width D
 * @param assignment [N]: the centre that each row is nearest to, up to the rounding of float
 * @param inertia by iteration: the sum of the squared distances of all rows to their nearest
 *     centres; the last is that of the result
 */
public record Clusters(float[] centres, int width, int[] assignment, List<Double> inertia) {

  /** Copies the list. */
  public Clusters {
    inertia = List.copyOf(inertia);
  }

  /** K, the number of clusters. */
  public int number() {
    return centres.length / width;
  }

  /** How many rows each cluster has. */
  public int[] sizes() {
    int[] sizes = new int[number()];
    for (int cluster : assignment) {
      sizes[cluster]++;
    }
    return sizes;
  }

  /**
   * The nearest of these centres for other rows.
   *
   * @throws IllegalArgumentException if they have another width
   */
  public int[] nearest(FeatureRows rows, Kernels kernels, Arena arena) {
    if (rows.width() != width) {
      throw new IllegalArgumentException(
          "rows of width "
              + rows.width()
              + " were given, the centres have width "
              + width
              + ": make both with one encoder");
    }
    double[] origin = new FeatureRows(number(), width, centres).mean();
    try (RowBlocks blocks = new RowBlocks(rows, number(), origin, kernels, arena)) {
      return blocks.nearest(centres, number());
    }
  }
}
