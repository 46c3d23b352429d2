package org.selfsup4j.testkit.operations;

import static org.assertj.core.api.Assertions.assertThat;

import org.selfsup4j.core.kernel.Reduction;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.tensor.Reductions;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.testkit.CheckInput;
import org.selfsup4j.testkit.GradientCheck;

/** Many numbers in, one out. */
final class ReductionChecks {

  private ReductionChecks() {}

  static void addTo(CheckList list) {
    addSums(list);
    addExtremes(list);
    addMoments(list);
    addArgMax(list);
  }

  private static void addSums(CheckList list) {
    list.add(GradientCheck.of("Tensor.sum(int[]): all", t -> t.get(0).sum()).input(3, 5));
    list.add(GradientCheck.of("Tensor.sum(int[]): first", t -> t.get(0).sum(0)).input(5, 3));
    list.add(GradientCheck.of("Tensor.sum(int[]): last", t -> t.get(0).sum(-1)).input(2, 5, 3));
    list.add(
        GradientCheck.of("Tensor.sum(int[]): outer two", t -> t.get(0).sum(2, 0)).input(2, 5, 3));
    list.add(GradientCheck.of("Tensor.sum(int[]): size 1", t -> t.get(0).sum(1, 2)).input(3, 1, 2));
    list.add(GradientCheck.of("Tensor.sum(int[]): a scalar", t -> t.get(0).sum()).input());
    list.add(GradientCheck.of("Tensor.mean(int[]): all", t -> t.get(0).mean()).input(3, 5));
    list.add(
        GradientCheck.of("Tensor.mean(int[]): maps", t -> t.get(0).mean(2, 3)).input(2, 3, 4, 5));
    list.add(GradientCheck.of("Tensor.mean(int[]): middle", t -> t.get(0).mean(1)).input(2, 7, 3));
    list.add(
        GradientCheck.of(
                "Reductions.sumKeeping(Tensor, int[])",
                t -> t.get(0).times(Reductions.sumKeeping(t.get(0), -1)))
            .input(4, 5));
    list.add(
        GradientCheck.of(
                "Reductions.meanKeeping(Tensor, int[])",
                t -> t.get(0).minus(Reductions.meanKeeping(t.get(0), 0, -1)))
            .input(4, 2, 5));
    list.add(
        GradientCheck.of(
                "Reductions.reduce(Reduction, Tensor, boolean, int[])",
                t -> Reductions.reduce(Reduction.MEAN, t.get(0), true, 1, 3))
            .input(2, 3, 2, 5));
  }

  private static void addExtremes(CheckList list) {
    list.add(
        GradientCheck.of("Tensor.max(int[]): all", t -> t.get(0).max())
            .input(CheckInput.of("x", 3, 7).distinct()));
    list.add(
        GradientCheck.of("Tensor.max(int[]): last", t -> t.get(0).max(-1))
            .input(CheckInput.of("x", 3, 7).distinct()));
    list.add(
        GradientCheck.of("Tensor.max(int[]): outer two", t -> t.get(0).max(0, 2))
            .input(CheckInput.of("x", 3, 4, 2).distinct()));
    list.add(
        GradientCheck.of("Reductions.min(Tensor, int[]): first", t -> Reductions.min(t.get(0), 0))
            .input(CheckInput.of("x", 5, 6).distinct()));
    list.add(
        GradientCheck.of("Reductions.min(Tensor, int[]): all", t -> Reductions.min(t.get(0)))
            .input(CheckInput.of("x", 2, 3, 4).distinct()));
  }

  private static void addMoments(CheckList list) {
    for (boolean unbiased : new boolean[] {true, false}) {
      String how = unbiased ? "unbiased" : "biased";
      list.add(
          GradientCheck.of(
                  "Reductions.variance(Tensor, boolean, int[]): " + how,
                  t -> Reductions.variance(t.get(0), unbiased, 0))
              .input(6, 4));
      list.add(
          GradientCheck.of(
                  "Reductions.variance(Tensor, boolean, int[]): all, " + how,
                  t -> Reductions.variance(t.get(0), unbiased))
              .input(3, 5));
      list.add(
          GradientCheck.of(
                  "Reductions.varianceKeeping(Tensor, boolean, int[]): " + how,
                  t -> Reductions.varianceKeeping(t.get(0), unbiased, 1, 2))
              .input(2, 3, 5));
    }
    CheckInput x = CheckInput.of("x", 3, 2, 4);
    list.add(
        GradientCheck.of("Reductions.norm(Tensor, int[]): last", t -> Reductions.norm(t.get(0), -1))
            .input(x));
    list.add(
        GradientCheck.of("Reductions.norm(Tensor, int[]): all", t -> Reductions.norm(t.get(0)))
            .input(x));
    list.add(
        GradientCheck.of(
                "Reductions.normKeeping(Tensor, int[])",
                t -> Reductions.normKeeping(t.get(0), 0, 1))
            .input(x));
    list.add(
        GradientCheck.of(
                "Reductions.l2Normalize(Tensor, int, double)",
                t -> Reductions.l2Normalize(t.get(0), 1, 1e-12))
            .input(CheckInput.of("x", 3, 4, 2).between(0.2, 1)));
    list.add(
        GradientCheck.of(
                "Reductions.l2Normalize(Tensor, int, double): below epsilon",
                t -> Reductions.l2Normalize(t.get(0), -1, 10))
            .input(3, 4));
    list.add(
        GradientCheck.of("Reductions.l2Normalize(Tensor)", t -> Reductions.l2Normalize(t.get(0)))
            .input(CheckInput.of("x", 5, 4).between(0.2, 1)));
    list.add(
        GradientCheck.of(
                "Reductions.logSumExp(Tensor, int): last", t -> Reductions.logSumExp(t.get(0), -1))
            .input(CheckInput.of("x", 4, 6).between(-5, 5)));
    list.add(
        GradientCheck.of(
                "Reductions.logSumExp(Tensor, int): large numbers",
                t -> Reductions.logSumExp(t.get(0), 0))
            .input(CheckInput.of("x", 3, 2, 5).between(990, 996)));
  }

  private static void addArgMax(CheckList list) {
    list.addValues(
        "Reductions.argMax(Tensor, int)",
        session -> {
          Tensor x = session.tensor(new float[] {1, 7, 7, 3, 9, 2}, 2, 3);
          Tensor y = Reductions.argMax(x, -1);
          assertThat(y.type()).isEqualTo(ElementType.INT64);
          assertThat(y.toLongs()).containsExactly(1, 1);
          assertThat(Reductions.argMax(x, 0).toLongs()).containsExactly(1, 1, 0);
          assertThat(Reductions.argMax(x.transpose(), 0).toLongs()).containsExactly(1, 1);
        });
  }
}
