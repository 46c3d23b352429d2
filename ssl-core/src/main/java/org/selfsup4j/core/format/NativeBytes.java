package org.selfsup4j.core.format;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.indexer.ByteIndexer;
import org.selfsup4j.core.memory.Slab;

/**
 * The host's memory of a slab as bytes: one address for bulk copies, one index for single numbers.
 */
final class NativeBytes extends BytePointer {

  private final Slab slab; // keeps the memory alive while it is copied
  private final ByteIndexer indexer;

  NativeBytes(Slab slab) {
    slab.pointer(0); // refuses a closed slab
    this.slab = slab;
    this.address = slab.address(0);
    this.limit = slab.bytes();
    this.capacity = slab.bytes();
    this.indexer = ByteIndexer.create(this);
  }

  /** Copies {@code count} bytes from {@code offset} to the heap. */
  void read(long offset, byte[] to, int at, int count) {
    position(check(offset, count)).get(to, at, count);
  }

  /** Copies {@code count} bytes from the heap to {@code offset}. */
  void write(long offset, byte[] from, int at, int count) {
    position(check(offset, count)).put(from, at, count);
  }

  /** Access to single numbers by byte offset, bounds checked. */
  ByteIndexer numbers() {
    return indexer;
  }

  private long check(long offset, int count) {
    if (slab.isClosed()) {
      throw new IllegalStateException("native memory was closed while a file was copied");
    }
    if (offset < 0 || count < 0 || offset > limit - count) {
      throw new IndexOutOfBoundsException(
          count + " bytes at " + offset + " leave the memory of " + limit + " bytes");
    }
    return offset;
  }
}
