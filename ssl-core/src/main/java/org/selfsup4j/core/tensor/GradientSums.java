package org.selfsup4j.core.tensor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.selfsup4j.core.kernel.Binary;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.kernel.Unary;
import org.selfsup4j.core.memory.Block;

/** How the gradients of several parts become one, and who does it. */
final class GradientSums {

  private GradientSums() {}

  /** Writes the sum, in this order, times {@code scale}. The first may be the target itself. */
  static void addUp(List<Block> gradients, double scale, Block target, Kernels kernels) {
    if (gradients.isEmpty()) {
      kernels.fill(target, 0);
      return;
    }
    Block first = gradients.get(0);
    if (first != target && gradients.size() > 1) {
      kernels.binary(Binary.ADD, first, gradients.get(1), target);
    } else if (first != target) {
      kernels.copy(first, target);
    }
    for (int i = first == target ? 1 : 2; i < gradients.size(); i++) {
      kernels.addScaled(1, gradients.get(i), 1, target);
    }
    if (scale != 1) {
      kernels.unary(Unary.LINEAR, scale, 0, target, target);
    }
  }

  /**
   * Which of the targets from {@code first} on, counted from there, each member adds up: the
   * largest first, each to who has least so far.
   */
  static List<List<Integer>> shares(int members, Block[] targets, int first) {
    List<List<Integer>> shares = new ArrayList<>();
    long[] loads = new long[members];
    for (int i = 0; i < members; i++) {
      shares.add(new ArrayList<>());
    }
    IntStream.range(0, targets.length - first)
        .boxed()
        .sorted(Comparator.comparingLong(i -> -targets[first + i].count()))
        .forEach(
            i -> {
              int least = 0;
              for (int member = 1; member < loads.length; member++) {
                least = loads[member] < loads[least] ? member : least;
              }
              loads[least] += targets[first + i].count();
              shares.get(least).add(i);
            });
    return shares;
  }
}
