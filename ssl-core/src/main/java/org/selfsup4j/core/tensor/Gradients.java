package org.selfsup4j.core.tensor;

import java.util.function.Consumer;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/**
 * What a backward function sees: the gradient of the result, and places for those of the inputs.
 */
public interface Gradients {

  /** The gradient of the result, in the result's shape; any strides, 0 among them. Read only. */
  Block upstream();

  /** Whether input {@code input} wants a gradient. */
  boolean wanted(int input);

  /**
   * Where the gradient of input {@code input} is to be written, every element of it; {@code null}
   * if it is not wanted. If there is a gradient already, what is written gets added to it.
   */
  Block target(int input);

  /**
   * Gives a view of {@link #upstream} (or of memory that outlives the backward pass) as the
   * gradient of an input, without copying. Its shape is the input's.
   */
  void share(int input, Block view);

  /** Memory for this call of the backward function only; not cleared. */
  Block scratch(ElementType type, long... shape);

  /**
   * Does work that nothing in the backward pass waits for, such as the gradient of a weight: now,
   * or later and on another thread, with the kernels that it is given. What it reads must not
   * change any more.
   *
   * @param written inputs whose {@link #target}, asked for before, it writes, all of it
   * @return whether it was put off
   */
  default boolean later(Consumer<Kernels> work, int... written) {
    work.accept(kernels());
    return false;
  }

  /** The kernels to compute with. */
  Kernels kernels();
}
