package org.selfsup4j.core.kernel.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_set_data_handle;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_execute;

import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_stream;
import org.selfsup4j.core.memory.Block;

/**
 * A oneDNN primitive with its argument list, ready to run: a call points the arguments to the
 * operands' memory and executes.
 */
final class Call implements Plan {

  private final dnnl_stream stream;
  private final dnnl_primitive primitive;
  private final dnnl_memory[] memories;
  private final dnnl_exec_arg_t arguments;
  private final long[] addresses;
  private final Scratch scratch;
  private final long scratchpadBytes;
  private final String implementation;
  private final String description;
  private final Address address = new Address();

  /** Takes all handles over; the last memory is the scratchpad if that has bytes. */
  Call(
      dnnl_stream stream,
      dnnl_primitive primitive,
      dnnl_memory[] memories,
      dnnl_exec_arg_t arguments,
      Scratch scratch,
      long scratchpadBytes,
      String implementation,
      String description) {
    this.stream = stream;
    this.primitive = primitive;
    this.memories = memories;
    this.arguments = arguments;
    this.addresses = new long[memories.length];
    this.scratch = scratch;
    this.scratchpadBytes = scratchpadBytes;
    this.implementation = implementation;
    this.description = description;
  }

  /** What oneDNN chose, such as {@code onednn:brg_matmul:avx512_core}. */
  String implementation() {
    return implementation;
  }

  /** Whether oneDNN has only its plain loops for this layout: right, but slow. */
  boolean isReference() {
    return implementation.startsWith("onednn:ref") || implementation.contains("+ref");
  }

  /** Runs on {@code operands}, in the order in which the arguments were declared. */
  void run(Block... operands) {
    for (int i = 0; i < operands.length; i++) {
      point(i, Address.of(operands[i]));
    }
    if (scratchpadBytes > 0) {
      point(memories.length - 1, Address.of(scratch.takeBytes(scratchpadBytes)));
    }
    int status = dnnl_primitive_execute(primitive, stream, memories.length, arguments);
    Engine.check(status, description);
  }

  private void point(int argument, long to) {
    if (addresses[argument] != to) {
      Engine.check(dnnl_memory_set_data_handle(memories[argument], address.to(to)), description);
      addresses[argument] = to;
    }
  }

  @Override
  public void close() {
    dnnl_primitive_destroy(primitive);
    for (dnnl_memory memory : memories) {
      dnnl_memory_destroy(memory);
    }
    arguments.deallocate();
  }
}
