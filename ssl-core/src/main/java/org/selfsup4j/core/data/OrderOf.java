package org.selfsup4j.core.data;

import java.util.Optional;
import org.selfsup4j.core.random.RandomStream;

/** Which items an epoch visits, and in which order. */
@FunctionalInterface
public interface OrderOf {

  /**
   * The indices of the items in the order of their visits, as many as there are items; an item may
   * come more than once, or not at all. Empty: each comes once, in random order.
   *
   * @param items of the source
   * @param random draws addressed by seed and epoch
   */
  Optional<int[]> order(int items, RandomStream random);
}
