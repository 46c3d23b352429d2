package org.selfsup4j.core.kernel.onednn;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.selfsup4j.core.memory.Block;

/**
 * Copies between the host's native memory and arrays. Java's compiler turns loops over arrays into
 * vector instructions, loops over native memory it does not, so work is done on tiles in arrays.
 */
final class HostFloats extends FloatPointer {

  HostFloats() {
    super((Pointer) null);
  }

  /** Points to the element {@code shift} elements behind the first of {@code block}. */
  HostFloats to(Block block, long shift) {
    address = Address.of(block) + shift * Float.BYTES;
    return this;
  }
}
