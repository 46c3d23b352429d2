package org.selfsup4j.pretext.mae;

import java.util.stream.IntStream;

/**
 * Which patches of a batch are kept and which are to be guessed.
 *
 * @param keep [N, K] positions that are kept, in the order of their noise
 * @param restore [N, T] where each position stands in the order (kept ones, masked ones)
 * @param masked [N, T] 1 where the patch is masked
 * @param samples N
 * @param patches T
 * @param kept K
 */
record Masking(long[] keep, long[] restore, double[] masked, int samples, int patches, int kept) {

  /** Keeps the patches with the smallest noise: {@code T (1 - ratio)}, rounded down. */
  static Masking of(double[] noise, int samples, int patches, double ratio) {
    int kept = (int) (patches * (1 - ratio));
    long[] keep = new long[samples * kept];
    long[] restore = new long[samples * patches];
    double[] masked = new double[samples * patches];
    for (int n = 0; n < samples; n++) {
      int at = n * patches;
      int[] order =
          IntStream.range(0, patches)
              .boxed()
              .sorted((a, b) -> Double.compare(noise[at + a], noise[at + b]))
              .mapToInt(Integer::intValue)
              .toArray();
      for (int i = 0; i < patches; i++) {
        restore[at + order[i]] = i;
        if (i < kept) {
          keep[n * kept + i] = order[i];
        } else {
          masked[at + order[i]] = 1;
        }
      }
    }
    return new Masking(keep, restore, masked, samples, patches, kept);
  }
}
