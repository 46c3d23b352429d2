package org.selfsup4j.core.format;

import java.util.Arrays;

/** One entry of a safetensors header: where a tensor lies and what it is. */
final class StoredTensor {

  private final String name;
  private final StoredType type;
  private final long[] shape;
  private final long count;
  private final long begin;
  private final long end;

  StoredTensor(String name, StoredType type, long[] shape, long begin, long end) {
    this.name = name;
    this.type = type;
    this.shape = shape;
    long product = 1;
    for (long size : shape) {
      product = Math.multiplyExact(product, size);
    }
    this.count = product;
    this.begin = begin;
    this.end = end;
  }

  String name() {
    return name;
  }

  StoredType type() {
    return type;
  }

  long[] shape() {
    return shape.clone();
  }

  long count() {
    return count;
  }

  /** First byte, counted from the end of the header. */
  long begin() {
    return begin;
  }

  /** Byte behind the last. */
  long end() {
    return end;
  }

  boolean hasShape(long[] other) {
    return Arrays.equals(shape, other);
  }

  /** For messages. */
  @Override
  public String toString() {
    return type + Arrays.toString(shape);
  }
}
