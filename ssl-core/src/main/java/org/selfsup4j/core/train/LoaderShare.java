package org.selfsup4j.core.train;

/**
 * How many loader threads run, and when. A busy thread more than cores doubles a step; on few cores
 * all of them compute, and the loader works between the steps; on many it has cores of its own.
 *
 * @param threads that make examples
 * @param prefetch batches made ahead during a step; 0: none
 */
public record LoaderShare(int threads, int prefetch) {

  /** The share of a machine with {@code cores}. */
  public static LoaderShare of(int cores) {
    return cores <= 4 ? new LoaderShare(Math.max(1, cores), 0) : new LoaderShare(cores / 4, 2);
  }
}
