package org.selfsup4j.core.task;

/** The loss of a batch. */
@FunctionalInterface
public interface LossOf<B> {

  /** Computes it on the training thread. */
  Loss compute(B batch, Step step);
}
