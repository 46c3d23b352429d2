package org.selfsup4j.core.tensor;

import java.util.List;
import java.util.function.Supplier;
import org.selfsup4j.core.memory.Block;

/** One entry of the tape: a leaf that wants a gradient, or an operation that leads to one. */
final class Node {

  final String operation;
  final List<Tensor> inputs;
  final Backward backward;

  /** Memory that nothing needs once this node's backward function has run. */
  final List<Storage> owned;

  /** The leaf's variable; null for an operation, and for a leaf that is no variable. */
  final Variable variable;

  /** Makes the place of a leaf's gradient, once, if that is not its variable's own memory. */
  Supplier<Block> home;

  /** The gradient of the result so far; null before the first. */
  Block gradient;

  /** Who holds the gradient's memory: null where it is the variable's own. */
  Storage gradientStorage;

  /** Whether a leaf's gradient is still to be written, by work that was put off. */
  boolean late;

  /** Whether a backward pass has been over it. */
  boolean spent;

  /** Whether nobody else reads the gradient's memory, so that it may be added to in place. */
  boolean exclusive;

  Node(
      String operation,
      List<Tensor> inputs,
      Backward backward,
      List<Storage> owned,
      Variable variable) {
    this.operation = operation;
    this.inputs = inputs;
    this.backward = backward;
    this.owned = owned;
    this.variable = variable;
  }

  /** Whether gradients end here. */
  boolean isLeaf() {
    return backward == null;
  }

  /** Where a leaf's gradient lies. */
  Block home() {
    return home == null ? variable.gradient() : home.get();
  }
}
