package org.selfsup4j.core.memory;

import org.nd4j.linalg.api.buffer.DataType;

/** The kind of number that an element of native memory is. */
public enum ElementType {
  /** IEEE 754, 32 bits: weights and activations. */
  FLOAT(4, DataType.FLOAT),
  /**
   * The upper half of a FLOAT, 16 bits: activations in mixed precision. Three decimal digits with
   * FLOAT's range; sums, statistics and weights are never kept in it.
   */
  BFLOAT16(2, DataType.BFLOAT16),
  /** IEEE 754, 64 bits: gradient checks and reference values. */
  DOUBLE(8, DataType.DOUBLE),
  /** Whole numbers of 64 bits: class ids, indices, positions. */
  INT64(8, DataType.INT64),
  /** One byte, 0 or 1: masks. Kernels also use it for opaque workspaces. */
  BOOL(1, DataType.BOOL);

  private final int bytes;
  private final DataType nd4j;

  ElementType(int bytes, DataType nd4j) {
    this.bytes = bytes;
    this.nd4j = nd4j;
  }

  /** Bytes that one element takes. */
  public int bytes() {
    return bytes;
  }

  /** ND4J's name of this type. */
  public DataType nd4j() {
    return nd4j;
  }

  /** Whether gradients can flow through numbers of this type. */
  public boolean isReal() {
    return this == FLOAT || this == DOUBLE || this == BFLOAT16;
  }

  /** The type that ND4J calls {@code type}. */
  public static ElementType of(DataType type) {
    for (ElementType candidate : values()) {
      if (candidate.nd4j == type) {
        return candidate;
      }
    }
    throw new IllegalArgumentException(
        "element type "
            + type
            + " is not supported: convert to FLOAT, DOUBLE, BFLOAT16, INT64 or BOOL before");
  }
}
