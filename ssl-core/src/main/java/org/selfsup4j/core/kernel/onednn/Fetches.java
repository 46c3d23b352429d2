package org.selfsup4j.core.kernel.onednn;

import org.bytedeco.javacpp.Pointer;
import org.selfsup4j.core.memory.Block;

/**
 * Brings memory into a core's cache by reading it from its first byte to its last. Small products
 * of strided matrices wait for most of the short runs that they read or write; of one long run the
 * processor asks for the next lines by itself. {@code docs/performance.md} has the figures.
 */
final class Fetches {

  /** What is larger has left the cache when it is needed; measured with caches of 1 MB. */
  private static final long MOST_BYTES = 2L << 20;

  private final Address memory = new Address();

  /**
   * Does nothing where more of the memory lies between the block's elements than in them.
   *
   * @return how many bytes were read
   */
  long fetch(Block x) {
    long bytes = span(x) * x.type().bytes();
    if (x.count() == 0 || bytes > MOST_BYTES || bytes > 2 * x.count() * x.type().bytes()) {
      return 0;
    }
    memory.to(x);
    Pointer.memcmp(memory, memory, bytes); // with itself: no native call only reads
    return bytes;
  }

  /** How many elements lie from the first to the last one, both counted. */
  private static long span(Block x) {
    long last = 0;
    for (int axis = 0; axis < x.rank(); axis++) {
      last += (x.size(axis) - 1) * x.stride(axis);
    }
    return last + 1;
  }
}
