package org.selfsup4j.core.optim;

/** A rule that turns gradients into steps; a record of its settings. */
public interface Optimizer {

  /** How many numbers are remembered for each parameter: 1 for momentum, 2 for Adam. */
  int moments();

  /** The names of what is remembered, for checkpoints; as many as {@link #moments}. */
  String[] momentNames();

  /**
   * Whether one update may run over many parameters at once; if not, each comes alone because its
   * norm matters.
   */
  default boolean elementwise() {
    return true;
  }

  /**
   * The rule as it is at {@code step}, counted from 0, of a run of {@code steps}: itself, unless a
   * setting changes over the run. It remembers the same at every step.
   */
  default Optimizer at(long step, long steps) {
    return this;
  }

  /** Changes parameters in place, and what is remembered of them. */
  void update(Update update);
}
