package org.selfsup4j.core.tensor;

/** Computes the gradients of an operation's inputs from the gradient of its result. */
@FunctionalInterface
public interface Backward {

  /** Writes or shares the gradient of every input that {@code gradients} asks for. */
  void run(Gradients gradients);
}
