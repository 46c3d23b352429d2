package org.selfsup4j.core.kernel;

/** Functions of two numbers. The comparisons write BOOL, the others the type of their operands. */
public enum Binary {
  /** {@code a + b}. */
  ADD,
  /** {@code a - b}. */
  SUBTRACT,
  /** {@code a b}. */
  MULTIPLY,
  /** {@code a / b}. */
  DIVIDE,
  /** The larger one. */
  MAXIMUM,
  /** The smaller one. */
  MINIMUM,
  /** {@code a > b}. */
  GREATER,
  /** {@code a >= b}. */
  GREATER_EQUAL,
  /** {@code a == b}. */
  EQUAL;

  /** Whether the result is BOOL. */
  public boolean isComparison() {
    return this == GREATER || this == GREATER_EQUAL || this == EQUAL;
  }
}
