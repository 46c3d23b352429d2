package org.selfsup4j.core.kernel.nd4j;

import org.nd4j.linalg.factory.Environment;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * The one place where ND4J's threads are set: its own loops, the OpenMP team (which oneDNN shares)
 * and BLAS each have a setting of their own. OpenMP's belongs to the calling thread. Does nothing
 * where ND4J does not compute on the CPU.
 */
final class Threads {

  private Threads() {}

  /** Lets one call use {@code threads} threads. */
  static void set(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads is " + threads + ": it must be at least 1");
    }
    Environment environment = Nd4j.getEnvironment(); // ND4J is up before its natives are asked for
    if (environment.isCPU()) {
      environment.setMaxMasterThreads(threads);
      NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
      Nd4j.factory().blas().setMaxThreads(threads);
    }
  }

  /** How many threads one call may use. */
  static int get() {
    return Nd4j.getEnvironment().isCPU()
        ? NativeOpsHolder.getInstance().getDeviceNativeOps().ompGetMaxThreads()
        : 1;
  }
}
