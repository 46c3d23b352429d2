package org.selfsup4j.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The portable set keeps the contract. */
class Nd4jKernelsTest extends KernelsContract {

  @Override
  protected Kernels open() {
    return KernelSets.open("nd4j");
  }

  @Test
  void isItself() {
    assertThat(kernels().name()).isEqualTo("nd4j");
  }
}
