package org.selfsup4j.examples;

import java.util.Locale;
import org.selfsup4j.core.analysis.KMeans;

/** Tells on standard error how far k-means is: a line for each iteration, and for first centres. */
final class ClusteringProgress implements KMeans.Progress {

  private static final int LINES = 10; // for all first centres

  private final int clusters;

  ClusteringProgress(int clusters) {
    this.clusters = clusters;
  }

  @Override
  public void seed(int chosen) {
    if (chosen % Math.max(1, clusters / LINES) == 0) {
      System.err.printf(Locale.ROOT, "k-means: %d of %d first centres%n", chosen, clusters);
    }
  }

  @Override
  public void iteration(int iteration, double inertia, int moved) {
    System.err.printf(
        Locale.ROOT,
        "k-means: iteration %d, sum of squared distances %.5g, %d images moved%n",
        iteration,
        inertia,
        moved);
  }
}
