package org.selfsup4j.core.kernel.nd4j;

import org.nd4j.linalg.factory.Nd4j;
import org.selfsup4j.core.kernel.KernelProvider;
import org.selfsup4j.core.kernel.Kernels;

/** Offers {@link Nd4jKernels}, the set of last resort. */
public final class Nd4jProvider implements KernelProvider {

  /** For {@link java.util.ServiceLoader}. */
  public Nd4jProvider() {}

  @Override
  public String name() {
    return Nd4jKernels.NAME;
  }

  @Override
  public int rank() {
    return 0;
  }

  @Override
  public String obstacle() {
    try {
      Nd4j.getBackend();
      return null;
    } catch (RuntimeException | LinkageError e) {
      return "ND4J has no backend here ("
          + e
          + "): put one such as nd4j-native with the natives of this platform on the class path";
    }
  }

  @Override
  public Kernels open() {
    return new Nd4jKernels();
  }
}
