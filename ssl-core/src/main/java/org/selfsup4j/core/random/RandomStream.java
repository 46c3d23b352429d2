package org.selfsup4j.core.random;

import java.nio.charset.StandardCharsets;

/**
 * Random numbers that belong to an address instead of to a moment.
 *
 * <p>A stream is named by a seed and a path of steps, such as {@code (seed, "augment", epoch,
 * image, view)}. The same address yields the same numbers whatever was drawn elsewhere, on
 * whichever thread, before or after a restart; therefore nothing about randomness has to be saved.
 * {@link #at} derives the stream of a longer address and consumes nothing of this one.
 *
 * <p>The generator is counter-based: number {@code i} is a 64-bit finaliser (Stafford's mix 13, as
 * in Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014) of {@code key +
 * (i + 1) * golden}. A stream is for one thread; addresses are cheap, so give each thread its own.
 */
public final class RandomStream {

  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private final long key;
  private final Rows rows; // null where every number is this stream's
  private long counter;

  /** Of each {@code all} numbers behind {@code base}, {@code count} from {@code from} on. */
  private record Rows(long base, long from, long count, long all) {

    long number(long own) {
      return base + own / count * all + from + own % count;
    }
  }

  private RandomStream(long key) {
    this(key, null);
  }

  private RandomStream(long key, Rows rows) {
    this.key = key;
    this.rows = rows;
  }

  /** The root stream of {@code seed}. */
  public static RandomStream of(long seed) {
    return new RandomStream(mix(seed + GOLDEN));
  }

  /** The stream at a named part of this address, for example a purpose. */
  public RandomStream at(String name) {
    long hash = 0xcbf29ce484222325L; // FNV-1a, 64 bits
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    return derived(mix(mix(key ^ 0x5851f42d4c957f2dL) + hash));
  }

  /** The stream at a numbered part of this address, for example an epoch, an image or a view. */
  public RandomStream at(long index) {
    return derived(mix(mix(key ^ 0x14057b7ef767814fL) + mix(index + GOLDEN)));
  }

  /** The stream of {@code other}, of which a part of a batch has its own rows, too. */
  private RandomStream derived(long other) {
    return new RandomStream(
        other, rows == null ? null : new Rows(0, rows.from(), rows.count(), rows.all()));
  }

  /**
   * What this stream has for rows {@code [from, to)} where each draw takes one number for each of
   * {@code all} rows: a part of a batch draws what it would have drawn as a part of the whole.
   * Consumes nothing; {@link #skip} does when all parts have drawn. So does each stream that {@link
   * #at} derives of the result.
   */
  public RandomStream rows(long from, long to, long all) {
    if (from < 0 || from >= to || to > all || rows != null) {
      throw new IllegalArgumentException(
          "rows " + from + " to " + to + " of " + all + ": give a part of a whole stream");
    }
    return new RandomStream(key, new Rows(counter, from, to - from, all));
  }

  /** Leaves {@code numbers} of 64 bits out. */
  public void skip(long numbers) {
    counter += numbers;
  }

  /**
   * How many numbers were drawn, for {@link #rows} by all of them together; those of streams
   * derived by {@link #at} do not count.
   */
  public long drawn() {
    return rows == null ? counter : (counter + rows.count() - 1) / rows.count() * rows.all();
  }

  /** The next 64 bits. */
  public long nextLong() {
    long number = rows == null ? counter : rows.number(counter);
    counter++;
    return mix(key + (number + 1) * GOLDEN);
  }

  /** A whole number in {@code [0, bound)}, each equally likely. */
  public int nextInt(int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound is " + bound + ": it must be at least 1");
    }
    // Lemire's multiplication with rejection: exact for every bound.
    long product = (nextLong() >>> 32) * bound;
    long low = product & 0xffffffffL;
    if (low < bound) {
      long threshold = (0x100000000L - bound) % bound;
      while (low < threshold) {
        product = (nextLong() >>> 32) * bound;
        low = product & 0xffffffffL;
      }
    }
    return (int) (product >>> 32);
  }

  /** A number in {@code [0, 1)} on a grid of 2^-53. */
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  /** A number in {@code [0, 1)} on a grid of 2^-24. */
  public float nextFloat() {
    return (nextLong() >>> 40) * 0x1.0p-24f;
  }

  /** A number in {@code [low, high)}. */
  public double uniform(double low, double high) {
    return low + (high - low) * nextDouble();
  }

  /** True with {@code probability}. */
  public boolean chance(double probability) {
    return nextDouble() < probability;
  }

  /** A number from the normal distribution of mean 0 and standard deviation 1 (Box and Muller). */
  public double nextGaussian() {
    double radius = Math.sqrt(-2 * StrictMath.log(1 - nextDouble()));
    return radius * StrictMath.cos(2 * Math.PI * nextDouble());
  }

  /** The numbers {@code 0 .. size-1} in random order (Fisher and Yates). */
  public int[] permutation(int size) {
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      int j = nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
