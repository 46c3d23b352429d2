package org.selfsup4j.core.kernel;

/** The portable set on random windows and views. */
class Nd4jPropertiesTest extends KernelsProperties {

  private static final Kernels KERNELS = KernelSets.open("nd4j");

  @Override
  public Kernels kernels() {
    return KERNELS;
  }
}
