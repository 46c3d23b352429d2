package org.selfsup4j.core.tensor;

import java.util.Arrays;
import org.selfsup4j.core.memory.Arena;

/**
 * The life of a piece of a session's memory: who made it, how many gradients share it, and whether
 * it may still be read.
 */
final class Storage {

  final Session session;
  final String operation;
  final long[] shape;
  private final Arena.Piece piece;
  private int owners = 1;
  private boolean released;
  private boolean pinned;

  Storage(Session session, String operation, long[] shape, Arena.Piece piece) {
    this.session = session;
    this.operation = operation;
    this.shape = shape;
    this.piece = piece;
  }

  /** Keeps the memory until the session closes, whatever else would give it back. */
  void pin() {
    pinned = true;
  }

  void retain() {
    owners++;
  }

  /** Gives the memory back when its last owner is gone. */
  void release() {
    if (--owners == 0 && !pinned) {
      free();
    }
  }

  /** Gives the memory back now, unless it is pinned; whether it is gone. */
  boolean free() {
    if (!pinned) {
      giveBack();
    }
    return released;
  }

  /** Gives the memory back in any case, once. */
  void giveBack() {
    if (!released) {
      released = true;
      session.arena().release(piece);
    }
  }

  /** Refuses memory that is gone, and says which operation made it. */
  void check() {
    if (!session.isOpen()) {
      throw new IllegalStateException(
          describe()
              + " was used after its step closed: its memory serves another step by now; call"
              + " keep() on it inside the step, or read its numbers there");
    }
    if (released) {
      throw new IllegalStateException(
          describe()
              + " was used after the backward pass gave its memory back: use it before, or take"
              + " detach() or keep() of it inside the loss");
    }
  }

  private String describe() {
    return "the tensor "
        + Arrays.toString(shape)
        + " made by '"
        + operation
        + "' in "
        + session.label();
  }
}
