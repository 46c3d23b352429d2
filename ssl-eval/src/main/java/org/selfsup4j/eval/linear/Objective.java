package org.selfsup4j.eval.linear;

/** A smooth function of many variables. */
@FunctionalInterface
interface Objective {

  /** The value at {@code x}; the gradient is written into {@code gradient}. */
  double at(double[] x, double[] gradient);
}
