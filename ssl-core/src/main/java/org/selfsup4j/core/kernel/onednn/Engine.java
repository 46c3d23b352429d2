package org.selfsup4j.core.kernel.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx2_vnni_2;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_bf16;
import static org.bytedeco.dnnl.global.dnnl.dnnl_engine_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_get_effective_cpu_isa;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_default_flags;
import static org.bytedeco.dnnl.global.dnnl.dnnl_success;

import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_stream;

/** oneDNN's engine and stream of the CPU. A CPU stream runs each primitive to its end at once. */
final class Engine {

  private final dnnl_engine handle = new dnnl_engine();
  private final dnnl_stream stream = new dnnl_stream();

  Engine() {
    check(dnnl_engine_create(handle, dnnl_cpu, 0), "dnnl_engine_create");
    check(dnnl_stream_create(stream, handle, dnnl_stream_default_flags), "dnnl_stream_create");
  }

  /** Whether this processor has instructions for BFLOAT16; without them oneDNN imitates them. */
  static boolean multipliesBfloat16() {
    int isa = dnnl_get_effective_cpu_isa();
    return (isa & dnnl_cpu_isa_avx512_core_bf16) == dnnl_cpu_isa_avx512_core_bf16
        || (isa & dnnl_cpu_isa_avx2_vnni_2) == dnnl_cpu_isa_avx2_vnni_2;
  }

  dnnl_engine handle() {
    return handle;
  }

  dnnl_stream stream() {
    return stream;
  }

  /** Turns a status that should not occur into an exception which says what was asked. */
  static void check(int status, String what) {
    if (status != dnnl_success) {
      throw new IllegalStateException("oneDNN failed with status " + status + " in " + what);
    }
  }
}
