package org.selfsup4j.core.kernel.nd4j;

import org.nd4j.linalg.factory.Environment;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * The one place where ND4J's threads are set. ND4J's own loops, its OpenMP team (which oneDNN
 * shares) and BLAS each have a setting of their own. Does nothing where ND4J does not compute on
 * the CPU.
 */
final class Threads {

  private Threads() {}

  /** Lets one call use {@code threads} threads. */
  static void set(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads is " + threads + ": it must be at least 1");
    }
    Environment environment = Nd4j.getEnvironment();
    if (!environment.isCPU()) {
      return;
    }
    // The team for nested loops may at no time be larger than the whole.
    environment.setMaxMasterThreads(1);
    environment.setMaxThreads(threads);
    environment.setMaxMasterThreads(threads);
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
    Nd4j.factory().blas().setMaxThreads(threads);
  }

  /** How many threads one call may use. */
  static int get() {
    return Nd4j.getEnvironment().maxThreads();
  }
}
