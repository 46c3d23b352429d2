package org.selfsup4j.core.kernel.onednn;

import org.bytedeco.javacpp.Pointer;
import org.selfsup4j.core.memory.Block;

/** A pointer that is set anew for each native call instead of being made anew. */
final class Address extends Pointer {

  /** Points to the first element of {@code block}, in the host's memory. */
  Address to(Block block) {
    return to(of(block));
  }

  Address to(long newAddress) {
    address = newAddress;
    return this;
  }

  /** The address of a block's first element. */
  static long of(Block block) {
    if (block.slab().isClosed()) {
      throw new IllegalStateException(
          "native memory of " + block + " was used after it was closed");
    }
    return block.slab().address(block.offset());
  }
}
