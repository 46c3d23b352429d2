package org.selfsup4j.core.kernel;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.selfsup4j.core.memory.ElementType;

/**
 * What {@link Kernels} promises, against plain loops in double: extend it with a set and every test
 * runs on that set. The tests lie in one interface for each family of operations.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class KernelsContract
    implements ElementwiseContract,
        ReductionContract,
        ProductContract,
        ConvolutionContract,
        PoolingContract,
        NormalisationContract,
        RowsContract,
        FetchContract,
        UpdateContract {

  private Kernels kernels;

  /** Makes the set under test. */
  protected abstract Kernels open();

  @BeforeAll
  void openKernels() {
    kernels = open();
  }

  @AfterAll
  void forgetKernels() {
    kernels = null;
  }

  @Override
  public Kernels kernels() {
    return kernels;
  }

  @Override
  public double tolerance(ElementType type) {
    return type == ElementType.FLOAT ? 2e-5 : 1e-11;
  }
}
