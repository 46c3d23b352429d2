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

  /** Changes parameters in place, and what is remembered of them. */
  void update(Update update);
}
