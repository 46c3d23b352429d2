package org.selfsup4j.testkit.operations;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.tensor.Session;

/**
 * The sets of kernels that every operation is held to.
 *
 * @param portable computes the reference, in double
 * @param all the portable set too
 */
record KernelsUnderTest(Kernels portable, List<Kernels> all) {

  /** Opens all sets that load here. */
  static KernelsUnderTest open() {
    Kernels portable = KernelSets.open("nd4j");
    List<Kernels> all = new ArrayList<>(List.of(portable));
    try {
      all.add(KernelSets.open("onednn"));
    } catch (IllegalArgumentException e) {
      if (System.getProperty("os.arch").equals("amd64")) {
        throw e; // a platform that has them: not loading is a fault
      }
    }
    all.forEach(kernels -> kernels.setThreads(1)); // a team costs more than these few numbers
    return new KernelsUnderTest(portable, all);
  }

  /** Runs {@code check} in a session of each set. */
  void inEverySession(Consumer<Session> check) {
    for (Kernels kernels : all) {
      try (Arena arena = new Arena();
          Session session = Session.training(kernels, arena, kernels.name())) {
        check.accept(session);
      }
    }
  }
}
