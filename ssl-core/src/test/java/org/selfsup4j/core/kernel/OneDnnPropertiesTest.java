package org.selfsup4j.core.kernel;

/** The oneDNN set on random windows and views. */
class OneDnnPropertiesTest extends KernelsProperties {

  private static final Kernels KERNELS = KernelSets.open("onednn");

  @Override
  public Kernels kernels() {
    return KERNELS;
  }
}
