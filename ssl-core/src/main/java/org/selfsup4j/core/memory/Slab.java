package org.selfsup4j.core.memory;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One piece of native memory that ND4J allocated, all of one element type.
 *
 * <p>Offsets count elements from the first element whose address is a multiple of 64 bytes, which
 * is what vector instructions want; ND4J's own addresses are 16 bytes off. The memory is not
 * cleared. It goes back to the system when the slab is closed, not when it is collected.
 */
public final class Slab implements AutoCloseable {

  /** Alignment of a slab's first element, in bytes. */
  public static final int ALIGNMENT = 64;

  private final ElementType type;
  private final long elements;
  private final DataBuffer buffer;
  private final long shift;
  private final long address;
  private boolean closed;

  private Slab(ElementType type, long elements, DataBuffer buffer, long shift) {
    this.type = type;
    this.elements = elements;
    this.buffer = buffer;
    this.shift = shift;
    this.address = buffer.pointer().address() + shift * type.bytes();
  }

  /**
   * Memory for {@code elements} numbers of {@code type}, with arbitrary content.
   *
   * @throws IllegalArgumentException if {@code elements} is negative
   */
  public static Slab allocate(ElementType type, long elements) {
    if (elements < 0) {
      throw new IllegalArgumentException("elements is " + elements + ": it must not be negative");
    }
    Nd4j.getBackend(); // ND4J must be up before the first native call
    long padded = Math.max(1, elements) + ALIGNMENT / type.bytes();
    DataBuffer buffer = Nd4j.createBuffer(type.nd4j(), padded, false);
    long past = buffer.pointer().address() % ALIGNMENT;
    return new Slab(type, elements, buffer, (ALIGNMENT - past) % ALIGNMENT / type.bytes());
  }

  /** ND4J memory that somebody else owns, seen from its first element; alignment is not given. */
  public static Slab over(DataBuffer buffer) {
    return new Slab(ElementType.of(buffer.dataType()), buffer.length(), buffer, 0);
  }

  /** The type of every element. */
  public ElementType type() {
    return type;
  }

  /** How many elements there are. */
  public long elements() {
    return elements;
  }

  /** Bytes from the first to the last element. */
  public long bytes() {
    return elements * type.bytes();
  }

  /** ND4J's view of the memory; element {@code i} of this slab is its element {@code i + shift}. */
  public DataBuffer buffer() {
    check();
    return buffer;
  }

  /** See {@link #buffer()}. */
  public long shift() {
    return shift;
  }

  /** The address of element {@code offset} where the memory is the host's. */
  public long address(long offset) {
    check();
    return address + offset * type.bytes();
  }

  /** A JavaCPP pointer to element {@code offset}, for native calls on the host. */
  public Pointer pointer(long offset) {
    check();
    return switch (type) {
      case FLOAT -> new FloatPointer(buffer.pointer()).position(shift + offset);
      case BFLOAT16 -> new ShortPointer(buffer.pointer()).position(shift + offset);
      case DOUBLE -> new DoublePointer(buffer.pointer()).position(shift + offset);
      case INT64 -> new LongPointer(buffer.pointer()).position(shift + offset);
      case BOOL -> new BytePointer(buffer.pointer()).position(shift + offset);
    };
  }

  /** Sets every element to zero. */
  public void clear() {
    Pointer.memset(pointer(0), 0, bytes());
  }

  /** Whether {@link #close} has been called. */
  public boolean isClosed() {
    return closed;
  }

  /** Gives the memory back. Views of it must not be used any more. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      buffer.close();
    }
  }

  private void check() {
    if (closed) {
      throw new IllegalStateException(
          "native memory of " + elements + " " + type + " elements was used after it was closed");
    }
  }
}
