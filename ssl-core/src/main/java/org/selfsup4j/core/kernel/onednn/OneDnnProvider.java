package org.selfsup4j.core.kernel.onednn;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Loader;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.selfsup4j.core.kernel.KernelProvider;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;

/** Offers the oneDNN set where oneDNN's natives load. */
public final class OneDnnProvider implements KernelProvider {

  /** The set's name. */
  public static final String NAME = "onednn";

  private static final int RANK = 10;

  /** Called by the service loader. */
  public OneDnnProvider() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int rank() {
    return RANK;
  }

  @Override
  public String obstacle() {
    try {
      // ND4J first: the two share one OpenMP library, and ND4J must be the one to bring it.
      String backend = Nd4j.getBackend().getClass().getSimpleName();
      if (!backend.toLowerCase(java.util.Locale.ROOT).contains("cpu")) {
        return "ND4J's backend is " + backend + ", whose memory is not the host's";
      }
      Loader.load(dnnl.class);
      return null;
    } catch (LinkageError | RuntimeException e) {
      return "oneDNN's native library does not load ("
          + e
          + "): put org.bytedeco:dnnl and org.bytedeco:javacpp with this platform's classifier on"
          + " the class path";
    }
  }

  /**
   * How many threads one call may use that comes from the calling thread, to which this belongs.
   */
  static void setOpenMpThreads(int threads) {
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
  }

  /** A new set, with a portable one of its own for what it does not compute itself. */
  @Override
  public Kernels open() {
    return new OneDnnKernels(KernelSets.open("nd4j"));
  }
}
