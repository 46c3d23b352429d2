package org.selfsup4j.pretext.mae;

import java.util.Arrays;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;

/**
 * Which patches of a batch are kept and which are to be guessed.
 *
 * @param order [N, T] the patches of each image by their noise: the first K are kept
 * @param restore [N, T] where in {@code order} each patch stands
 * @param samples N
 * @param patches T
 * @param kept K
 */
record Masking(long[] order, long[] restore, int samples, int patches, int kept) {

  /**
   * Keeps the patches with the smallest noise: {@code T (1 - ratio)}, rounded down.
   *
   * @param noise [N, T], of float's precision; among equals the first patch is kept
   */
  static Masking of(double[] noise, int samples, int patches, double ratio) {
    long[] order = new long[samples * patches];
    long[] restore = new long[samples * patches];
    for (int n = 0; n < samples; n++) {
      int at = n * patches;
      long[] sorted = new long[patches]; // noise first, then the patch: sorts without boxes
      for (int i = 0; i < patches; i++) {
        int bits = Float.floatToIntBits((float) noise[at + i]);
        int inOrder = bits ^ (bits >> 31 & Integer.MAX_VALUE); // of numbers below 0, too
        sorted[i] = (long) inOrder << Integer.SIZE | i;
      }
      Arrays.sort(sorted);
      for (int i = 0; i < patches; i++) {
        int patch = (int) sorted[i];
        order[at + i] = patch;
        restore[at + patch] = i;
      }
    }
    return new Masking(order, restore, samples, patches, kept(patches, ratio));
  }

  /** K: how many of T patches are kept. */
  static int kept(int patches, double ratio) {
    return (int) (patches * (1 - ratio));
  }

  /** [N, T] INT64, the kept patches, then the others. */
  Tensor all(Session session) {
    return session.ids(order, samples, patches);
  }

  /** [N, T] INT64, where in {@link #all} each patch stands. */
  Tensor back(Session session) {
    return session.ids(restore, samples, patches);
  }
}
