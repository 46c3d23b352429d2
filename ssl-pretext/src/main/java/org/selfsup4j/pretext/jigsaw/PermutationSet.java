package org.selfsup4j.pretext.jigsaw;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.LongStream;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.Described;
import org.selfsup4j.pretext.parts.Checksum;

/**
 * The orders that tiles are put into, one class each, far from each other in Hamming distance, so
 * that no two of them look nearly alike.
 *
 * <p>An order is packed into a number, four bits a place; the distance of two is then the number of
 * places whose bits differ.
 */
public final class PermutationSet implements Described {

  /** Four bits a place in 64. */
  private static final int MOST_TILES = 16;

  /** 9!: as many candidates are held; of more tiles than 9 not all orders are. */
  private static final int MOST_CANDIDATES = 362_880;

  private static final long PLACES = 0x1111111111111111L; // the lowest bit of each place

  private final int tiles;
  private final long[] orders;
  private final int leastDistance;
  private final double meanDistance;

  private PermutationSet(int tiles, long[] orders) {
    this.tiles = tiles;
    this.orders = orders;
    int least = tiles;
    long sum = 0;
    for (int i = 0; i < orders.length; i++) {
      for (int j = 0; j < i; j++) {
        int distance = distance(orders[i], orders[j]);
        least = Math.min(least, distance);
        sum += distance;
      }
    }
    this.leastDistance = least;
    this.meanDistance = sum / (orders.length * (orders.length - 1) / 2.0);
  }

  /**
   * Chosen greedily: the first is drawn, each next one has the largest least distance to those
   * chosen before, among equals the largest sum of distances, among equals still the first in the
   * order of the alphabet. Up to nine tiles all orders are candidates, above 9! random ones.
   *
   * @param tiles 2 to 16
   * @param count at least 2
   * @throws IllegalArgumentException if there are not so many orders of so many tiles
   */
  public static PermutationSet greedy(int tiles, int count, RandomStream random) {
    requireExist(tiles, count);
    long[] candidates = candidates(tiles, random.at("candidates"));
    byte[] least = new byte[candidates.length];
    Arrays.fill(least, Byte.MAX_VALUE);
    int[] sum = new int[candidates.length];
    long[] chosen = new long[count];
    int next = random.at("first").nextInt(candidates.length);
    for (int i = 0; i < count; i++) {
      chosen[i] = candidates[next];
      next = 0;
      for (int c = 0; c < candidates.length; c++) {
        int distance = distance(candidates[c], chosen[i]);
        least[c] = (byte) Math.min(least[c], distance);
        sum[c] += distance;
        if (least[c] > least[next] || (least[c] == least[next] && sum[c] > sum[next])) {
          next = c;
        }
      }
    }
    return new PermutationSet(tiles, chosen);
  }

  /** Refuses more orders than there are: n tiles have n! of them. */
  static void requireExist(int tiles, int count) {
    if (tiles < 2 || tiles > MOST_TILES) {
      throw new IllegalArgumentException(
          "a puzzle of " + tiles + " tiles: there must be 2 to " + MOST_TILES);
    }
    long exist = 1;
    for (int i = 2; i <= tiles; i++) {
      exist *= i; // 16! is below 2^63
    }
    if (count < 2 || count > exist || count > MOST_CANDIDATES) {
      throw new IllegalArgumentException(
          count
              + " permutations of "
              + tiles
              + " tiles: there must be 2 at least, and "
              + (exist > MOST_CANDIDATES
                  ? "more than " + MOST_CANDIDATES + " are not searched"
                  : "no more than " + exist + " exist; choose fewer permutations or more tiles"));
    }
  }

  private static long[] candidates(int tiles, RandomStream random) {
    if (tiles > 9) {
      return LongStream.generate(() -> pack(random.permutation(tiles)))
          .distinct()
          .limit(MOST_CANDIDATES)
          .toArray();
    }
    LongStream.Builder all = LongStream.builder();
    int[] order = new int[tiles];
    for (int i = 0; i < tiles; i++) {
      order[i] = i;
    }
    do {
      all.add(pack(order));
    } while (advance(order));
    return all.build().toArray();
  }

  /** The next order of the alphabet; false after the last. */
  private static boolean advance(int[] order) {
    int rise = order.length - 2;
    while (rise >= 0 && order[rise] > order[rise + 1]) {
      rise--;
    }
    if (rise < 0) {
      return false;
    }
    int larger = order.length - 1;
    while (order[larger] < order[rise]) {
      larger--;
    }
    swap(order, rise, larger);
    for (int i = rise + 1, j = order.length - 1; i < j; i++, j--) {
      swap(order, i, j);
    }
    return true;
  }

  private static void swap(int[] order, int i, int j) {
    int kept = order[i];
    order[i] = order[j];
    order[j] = kept;
  }

  private static long pack(int[] order) {
    long packed = 0;
    for (int i = 0; i < order.length; i++) {
      packed |= (long) order[i] << (4 * i);
    }
    return packed;
  }

  private static int distance(long a, long b) {
    long differs = a ^ b;
    differs |= differs >>> 1;
    differs |= differs >>> 2;
    return Long.bitCount(differs & PLACES);
  }

  /** How many orders there are. */
  public int size() {
    return orders.length;
  }

  /** How many tiles each of them orders. */
  public int tiles() {
    return tiles;
  }

  /** The tile that order {@code index} puts at {@code place}. */
  public int tileAt(int index, int place) {
    return (int) (orders[index] >>> (4 * place)) & 15;
  }

  /** In how many places two orders differ at least. */
  public int leastDistance() {
    return leastDistance;
  }

  /** In how many places two orders differ, the mean over all pairs. */
  public double meanDistance() {
    return meanDistance;
  }

  /** Whether both have the same orders under the same numbers. */
  @Override
  public boolean equals(Object other) {
    return other instanceof PermutationSet set
        && tiles == set.tiles
        && Arrays.equals(orders, set.orders);
  }

  @Override
  public int hashCode() {
    return 31 * tiles + Arrays.hashCode(orders);
  }

  /** Number, tiles and a checksum of the orders. */
  @Override
  public String description() {
    return orders.length + " orders of " + tiles + " tiles (" + Checksum.of(orders) + ")";
  }

  /** Number and distances, to be printed. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d permutations of %d tiles, least Hamming distance %d, mean %.2f",
        orders.length,
        tiles,
        leastDistance,
        meanDistance);
  }
}
