package org.selfsup4j.core.data;

/**
 * How a {@link Loader} reads.
 *
 * @param batchSize examples of a batch
 * @param shuffled whether each epoch has an order of its own, else the source's
 * @param dropLast whether the last batch of an epoch is left out where it would not be full
 * @param threads that make examples
 * @param prefetch batches that may be made ahead while a step runs. 0 keeps the loader's threads
 *     still during a step: they work only while the training thread waits for them, which is right
 *     where all cores compute
 * @param seed of the order and of all draws
 */
public record LoaderOptions(
    int batchSize, boolean shuffled, boolean dropLast, int threads, int prefetch, long seed) {

  /** Checks the numbers. */
  public LoaderOptions {
    if (batchSize < 1) {
      throw new IllegalArgumentException("batchSize is " + batchSize + ": it must be at least 1");
    }
    if (threads < 1) {
      throw new IllegalArgumentException("threads is " + threads + ": it must be at least 1");
    }
    if (prefetch < 0) {
      throw new IllegalArgumentException("prefetch is " + prefetch + ": it must be 0 or more");
    }
  }

  /** Shuffled, full batches only, by one thread that makes two batches ahead. */
  public static LoaderOptions training(int batchSize, long seed) {
    return new LoaderOptions(batchSize, true, true, 1, 2, seed);
  }

  /** Every item once, in the source's order, by one thread that makes two batches ahead. */
  public static LoaderOptions evaluation(int batchSize) {
    return new LoaderOptions(batchSize, false, false, 1, 2, 0);
  }

  /** The same with another number of threads; the batches stay the same to the bit. */
  public LoaderOptions withThreads(int number) {
    return new LoaderOptions(batchSize, shuffled, dropLast, number, prefetch, seed);
  }

  /** The same with another number of batches made ahead. */
  public LoaderOptions withPrefetch(int batches) {
    return new LoaderOptions(batchSize, shuffled, dropLast, threads, batches, seed);
  }

  /** The same with another seed. */
  public LoaderOptions withSeed(long other) {
    return new LoaderOptions(batchSize, shuffled, dropLast, threads, prefetch, other);
  }

  /** The same in random or in the source's order. */
  public LoaderOptions withShuffled(boolean random) {
    return new LoaderOptions(batchSize, random, dropLast, threads, prefetch, seed);
  }

  /** The same with or without a last batch that is not full. */
  public LoaderOptions withDropLast(boolean drop) {
    return new LoaderOptions(batchSize, shuffled, drop, threads, prefetch, seed);
  }
}
