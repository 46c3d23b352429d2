package org.selfsup4j.core.tensor;

/** Shapes that do not fit together; the message names each and what was expected. */
public final class ShapeException extends IllegalArgumentException {

  private static final long serialVersionUID = 1;

  /** With a message that says what was given, what was expected and what to do. */
  public ShapeException(String message) {
    super(message);
  }
}
