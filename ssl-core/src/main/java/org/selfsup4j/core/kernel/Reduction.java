package org.selfsup4j.core.kernel;

/** Ways to make one number of many. */
public enum Reduction {
  /** The sum. */
  SUM,
  /** The sum over the number of elements. */
  MEAN,
  /** The largest. */
  MAX,
  /** The smallest. */
  MIN
}
