package org.selfsup4j.core.tensor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;

/** Tests of what two threads compute in parts. */
abstract class OnTwoThreads {

  static final int ROWS = 11; // parts of 5 and 6

  final Kernels kernels = KernelSets.open("onednn");
  private int threadsBefore;

  @BeforeEach
  void twoThreads() {
    threadsBefore = kernels.threads();
    kernels.setThreads(2);
  }

  @AfterEach
  void threadsAsBefore() {
    kernels.setThreads(threadsBefore);
  }
}
