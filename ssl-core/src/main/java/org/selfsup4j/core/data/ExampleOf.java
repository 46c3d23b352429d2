package org.selfsup4j.core.data;

import org.selfsup4j.core.random.RandomStream;

/**
 * How one example is made of one sample.
 *
 * @param <T> what a source yields
 * @param <E> the example: a record whose components a {@link Stacking} can stack
 */
@FunctionalInterface
public interface ExampleOf<T, E> {

  /**
   * Makes one example, on a loader thread, many at the same time.
   *
   * @param sample the item with its index and label
   * @param random draws addressed by seed, epoch and place in the data
   */
  E example(Sample<T> sample, RandomStream random);
}
