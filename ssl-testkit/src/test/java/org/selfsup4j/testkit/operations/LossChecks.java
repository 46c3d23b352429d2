package org.selfsup4j.testkit.operations;

import org.selfsup4j.core.tensor.Losses;
import org.selfsup4j.core.tensor.Losses.Batch;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.testkit.CheckInput;
import org.selfsup4j.testkit.GradientCheck;

/** Losses. */
final class LossChecks {

  private LossChecks() {}

  static void addTo(CheckList list) {
    addClasses(list);
    addDistributions(list);
    addDistances(list);
  }

  private static void addClasses(CheckList list) {
    CheckInput logits = CheckInput.of("logits", 4, 5).between(-3, 3);
    list.add(
        GradientCheck.of(
                "Losses.crossEntropy(Tensor, Tensor)",
                (t, s) -> Losses.crossEntropy(t.get(0), s.ids(new long[] {2, 0, 4, 0}, 4)))
            .input(logits));
    list.add(
        GradientCheck.of(
                "Losses.crossEntropy(Tensor, Tensor): rows without a label",
                (t, s) -> Losses.crossEntropy(t.get(0), s.ids(new long[] {-1, 0, -1, 3}, 4)))
            .input(logits));
    for (Batch batch : Batch.values()) {
      list.add(
          GradientCheck.of(
                  "Losses.crossEntropy(Tensor, Tensor, double, Batch): smoothed, " + batch,
                  (t, s) ->
                      Losses.crossEntropy(t.get(0), s.ids(new long[] {2, 0, -1, 1}, 4), 0.2, batch))
              .input(logits));
    }
  }

  private static void addDistributions(CheckList list) {
    CheckInput logits = CheckInput.of("logits", 3, 4).between(-3, 3);
    CheckInput targets = CheckInput.of("targets", 3, 4).between(0.05, 0.5);
    list.add(
        GradientCheck.of(
                "Losses.softCrossEntropy(Tensor, Tensor)",
                t -> Losses.softCrossEntropy(t.get(0), t.get(1)))
            .input(logits)
            .input(targets));
    list.add(
        GradientCheck.of(
                "Losses.klDivergence(Tensor, Tensor)", t -> Losses.klDivergence(t.get(0), t.get(1)))
            .input(logits)
            .input(targets)
            .withoutSharing());
    list.add(
        GradientCheck.of(
                "Losses.klDivergence(Tensor, Tensor): certain targets",
                (t, s) -> Losses.klDivergence(t.get(0), certain(t.get(0), s)))
            .input(logits));
    list.add(
        GradientCheck.of(
                "Losses.binaryCrossEntropy(Tensor, Tensor)",
                t -> Losses.binaryCrossEntropy(t.get(0), t.get(1)))
            .input(logits)
            .input(CheckInput.of("targets", 3, 4).between(0, 1)));
  }

  private static Tensor certain(Tensor logits, org.selfsup4j.core.tensor.Session session) {
    double[] targets = {0, 1, 0, 0, 0.5, 0, 0.5, 0, 0, 0, 0, 1};
    return session.tensor(logits.type(), targets, 3, 4);
  }

  private static void addDistances(CheckList list) {
    list.add(
        GradientCheck.of(
                "Losses.meanSquaredError(Tensor, Tensor)",
                t -> Losses.meanSquaredError(t.get(0), t.get(1)))
            .input(2, 3, 4)
            .input(2, 3, 4));
    list.add(
        GradientCheck.of(
                "Losses.squaredErrors(Tensor, Tensor)",
                t -> Losses.squaredErrors(t.get(0), t.get(1)))
            .input(2, 3, 4)
            .input(2, 3, 4));
    for (double beta : new double[] {1, 0.25}) {
      // Distances lie between .1 and 2.1, and not near beta: x and target are on grids.
      list.add(
          GradientCheck.of(
                  "Losses.smoothL1(Tensor, Tensor, double): beta " + beta,
                  t -> Losses.smoothL1(t.get(0), t.get(1), beta))
              .input(CheckInput.of("x", 3, 7).between(0, 2).awayFrom(beta))
              .input(CheckInput.of("target", 3, 7).between(-0.01, -0.001))
              .withoutSharing());
    }
  }
}
