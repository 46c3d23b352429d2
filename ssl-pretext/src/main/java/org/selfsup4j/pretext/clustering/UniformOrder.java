package org.selfsup4j.pretext.clustering;

import java.util.Arrays;
import org.selfsup4j.core.random.RandomStream;

/** An epoch in which every cluster is visited equally often, up to one visit. */
final class UniformOrder {

  private UniformOrder() {}

  /**
   * As many places as there are images, divided among the clusters that have any. A cluster's
   * images take turns in random order; a cluster larger than its share leaves some out.
   *
   * @param labels the cluster of each image, in [0, {@code clusters})
   */
  static int[] of(int[] labels, int clusters, RandomStream random) {
    int[] sizes = new int[clusters];
    for (int label : labels) {
      sizes[label]++;
    }
    int[][] members = new int[clusters][];
    for (int c = 0; c < clusters; c++) {
      members[c] = new int[sizes[c]];
    }
    int[] filled = new int[clusters];
    for (int image = 0; image < labels.length; image++) {
      members[labels[image]][filled[labels[image]]++] = image;
    }
    int nonEmpty = (int) Arrays.stream(sizes).filter(size -> size > 0).count();
    int[] places = new int[labels.length];
    int done = 0;
    int rank = 0;
    for (int c : random.at("clusters").permutation(clusters)) {
      if (sizes[c] > 0) {
        int visits = labels.length / nonEmpty + (rank++ < labels.length % nonEmpty ? 1 : 0);
        fill(places, done, visits, members[c], random.at("images").at(c));
        done += visits;
      }
    }
    int[] shuffled = new int[places.length];
    int[] order = random.at("places").permutation(places.length);
    for (int i = 0; i < order.length; i++) {
      shuffled[i] = places[order[i]];
    }
    return shuffled;
  }

  private static void fill(int[] places, int from, int visits, int[] members, RandomStream random) {
    int[] turn = {};
    for (int i = 0; i < visits; i++) {
      int at = i % members.length;
      if (at == 0) {
        turn = random.permutation(members.length);
      }
      places[from + i] = members[turn[at]];
    }
  }
}
