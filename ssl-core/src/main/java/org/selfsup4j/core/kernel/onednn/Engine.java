package org.selfsup4j.core.kernel.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.dnnl_version_t;

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

  /** Of the library that was loaded, such as {@code 3.13.0}. */
  static String version() {
    dnnl_version_t version = dnnl_version();
    return version.major() + "." + version.minor() + "." + version.patch();
  }

  /**
   * The instruction set that oneDNN makes its kernels for: the processor's, or what the environment
   * variable {@code ONEDNN_MAX_CPU_ISA} leaves of it.
   */
  static String instructions() {
    int isa = dnnl_get_effective_cpu_isa();
    return switch (isa) {
      case dnnl_cpu_isa_sse41 -> "sse41";
      case dnnl_cpu_isa_avx -> "avx";
      case dnnl_cpu_isa_avx2 -> "avx2";
      case dnnl_cpu_isa_avx2_vnni -> "avx2_vnni";
      case dnnl_cpu_isa_avx2_vnni_2 -> "avx2_vnni_2";
      case dnnl_cpu_isa_avx512_core -> "avx512_core";
      case dnnl_cpu_isa_avx512_core_vnni -> "avx512_core_vnni";
      case dnnl_cpu_isa_avx512_core_bf16 -> "avx512_core_bf16";
      case dnnl_cpu_isa_avx512_core_fp16 -> "avx512_core_fp16";
      case dnnl_cpu_isa_avx512_core_amx -> "avx512_core_amx";
      case dnnl_cpu_isa_avx512_core_amx_fp16 -> "avx512_core_amx_fp16";
      default -> "isa_" + isa;
    };
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
