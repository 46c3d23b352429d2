package org.selfsup4j.core.kernel;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** Hints. */
interface FetchContract extends KernelsUnderTest {

  /** Whether or not a set does anything with the hint, no number changes. */
  @ParameterizedTest
  @MethodSource(ElementwiseContract.CASES)
  default void fetchingChangesNothing(ElementType type, Layout layout) {
    try (Memory memory = new Memory()) {
      Numbers numbers = Numbers.random(1, 3, 40, 50);
      Block x = memory.put(type, layout, numbers);
      for (int threads : new int[] {1, 2}) {
        int before = kernels().threads();
        kernels().setThreads(threads);
        try {
          kernels().fetch(x);
          kernels().fetch(x.slice(1, 7, 9));
          kernels().fetch(x.slice(2, 3, 3));
          kernels().fetch(x.slice(0, 1, 2).broadcast(6, 40, 50));
        } finally {
          kernels().setThreads(before);
        }
      }
      check(memory, "fetched", x, numbers);
    }
  }
}
