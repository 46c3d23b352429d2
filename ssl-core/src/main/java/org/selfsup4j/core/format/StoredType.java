package org.selfsup4j.core.format;

import org.selfsup4j.core.memory.ElementType;

/** The kinds of numbers that a safetensors file may hold, and what they become here. */
enum StoredType {
  F64(8, ElementType.DOUBLE),
  F32(4, ElementType.FLOAT),
  F16(2, ElementType.FLOAT),
  BF16(2, ElementType.FLOAT),
  I64(8, ElementType.INT64),
  BOOL(1, ElementType.BOOL),
  // Known to the format, so that a file that also holds them can be opened; not read.
  I32(4, null),
  I16(2, null),
  I8(1, null),
  U64(8, null),
  U32(4, null),
  U16(2, null),
  U8(1, null),
  F8_E4M3(1, null),
  F8_E5M2(1, null);

  private final int bytes;
  private final ElementType read;

  StoredType(int bytes, ElementType read) {
    this.bytes = bytes;
    this.read = read;
  }

  /** Bytes that one element takes in the file. */
  int bytes() {
    return bytes;
  }

  /** What it is read as; {@code null} for what this library does not read. */
  ElementType readAs() {
    return read;
  }

  /** What {@code type} is written as. */
  static StoredType of(ElementType type) {
    return switch (type) {
      case DOUBLE -> F64;
      case FLOAT -> F32;
      case BFLOAT16 -> BF16;
      case INT64 -> I64;
      case BOOL -> BOOL;
    };
  }

  /** The type that files call {@code name}, or {@code null}. */
  static StoredType named(String name) {
    for (StoredType type : values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    return null;
  }

  /** The float that the 16 bits of {@link #F16} stand for. */
  static float halfToFloat(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = (bits >>> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    if (exponent == 0x1f) { // infinity, NaN
      return Float.intBitsToFloat(sign | 0x7f800000 | fraction << 13);
    }
    if (exponent == 0) { // zero, subnormal
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    return Float.intBitsToFloat(sign | (exponent + 112) << 23 | fraction << 13);
  }
}
