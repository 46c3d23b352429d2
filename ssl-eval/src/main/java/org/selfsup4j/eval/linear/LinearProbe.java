package org.selfsup4j.eval.linear;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.eval.features.Features;
import org.selfsup4j.eval.features.Labels;
import org.selfsup4j.eval.report.Score;

/**
 * How well a linear classifier does on frozen features: multinomial logistic regression on features
 * that are standardised with the training samples' means and deviations, fitted with L-BFGS and a
 * strong Wolfe line search from zero weights. Nothing is drawn: the same features give the same
 * score.
 *
 * <p>With more than one strength of the L2 penalty, the best is chosen on every n-th training
 * sample of a class, after a fit on the others, and the final fit uses all training samples; test
 * samples take no part in it.
 *
 * @param iterations of L-BFGS at most
 * @param strengths of the penalty {@code l2 * sum(w^2)} on the weights (not the biases), one or
 *     more
 * @param heldOut n: where strengths are compared, every n-th training sample of a class is held out
 */
public record LinearProbe(int iterations, List<Double> strengths, int heldOut) {

  private static final int HISTORY = 100; // PyTorch's default
  private static final long MOST_HISTORY_NUMBERS = 1L << 27; // 1 GB for very wide classifiers

  /** Checks ranges. */
  public LinearProbe {
    strengths = List.copyOf(strengths);
    if (iterations < 1) {
      throw new IllegalArgumentException(
          "iterations is " + iterations + ": at least 1 is needed, 200 is usual");
    }
    if (strengths.isEmpty()) {
      throw new IllegalArgumentException("strengths is empty: give one or more, 1e-4 is usual");
    }
    for (double l2 : strengths) {
      if (!(l2 >= 0) || Double.isInfinite(l2)) {
        throw new IllegalArgumentException(
            "strengths is " + strengths + ": each must be 0 or more and finite");
      }
    }
    if (heldOut < 2) {
      throw new IllegalArgumentException(
          "heldOut is " + heldOut + ": every n-th sample is held out, n must be at least 2");
    }
  }

  /** 200 iterations, L2 1e-4. */
  public static LinearProbe standard() {
    return new LinearProbe(200, List.of(1e-4), 5);
  }

  /** The same with at most {@code other} iterations. */
  public LinearProbe withIterations(int other) {
    return new LinearProbe(other, strengths, heldOut);
  }

  /** The same with one strength of the penalty. */
  public LinearProbe withStrength(double l2) {
    return new LinearProbe(iterations, List.of(l2), heldOut);
  }

  /**
   * The same, but the strength is chosen among {@code others} on a part of the training samples.
   */
  public LinearProbe choosingStrength(List<Double> others) {
    return new LinearProbe(iterations, others, heldOut);
  }

  /**
   * The accuracy on {@code test} of a classifier fitted to {@code train}.
   *
   * @throws IllegalArgumentException if labels are missing or the widths differ
   */
  public Score score(Features train, Features test, Kernels kernels) {
    Features.requireComparable(train, test);
    int classes = train.labels().classes();
    double strength = strengths.size() == 1 ? strengths.get(0) : choose(train, kernels);
    LinearClassifier classifier = fit(train, classes, strength, kernels);
    List<String> remarks = new ArrayList<>();
    if (!classifier.fit().converged) {
      remarks.add("the fit stopped after " + classifier.fit().iterations + " iterations");
    }
    int[] predicted = classifier.predict(test.matrix(), kernels);
    return Score.of(protocol(strength), train, test, predicted, remarks);
  }

  /** What a score says of this protocol. */
  public String protocol() {
    return protocol(strengths.size() == 1 ? strengths.get(0) : Double.NaN);
  }

  private String protocol(double strength) {
    String choice =
        strengths.size() == 1
            ? ""
            : " chosen of " + strengths + " on every " + heldOut + "th training sample of a class";
    return String.format(
        Locale.ROOT,
        "linear probe, standardised features, L-BFGS of at most %d iterations, L2%s%s",
        iterations,
        Double.isNaN(strength) ? "" : " " + strength,
        choice);
  }

  LinearClassifier fit(Features train, int classes, double strength, Kernels kernels) {
    Standardisation standardisation = Standardisation.of(train.matrix());
    int variables = LogisticLoss.variables(train.width(), classes);
    int history = (int) Math.max(3, Math.min(HISTORY, MOST_HISTORY_NUMBERS / (2L * variables)));
    try (Samples samples = new Samples(train.matrix(), standardisation, classes, kernels)) {
      LogisticLoss loss = new LogisticLoss(samples, train.labels(), classes, strength);
      Lbfgs.Result fit = new Lbfgs(iterations, history).minimise(loss, new double[variables]);
      return new LinearClassifier(standardisation, classes, fit);
    }
  }

  /** The strength that does best on the held-out samples; among equals the largest. */
  private double choose(Features train, Kernels kernels) {
    List<int[]> parts = train.labels().splitEveryNth(heldOut);
    if (parts.get(1).length == 0) {
      throw new IllegalArgumentException(
          "no class has "
              + heldOut
              + " training samples, so none can be held out to choose the strength of the"
              + " penalty: give one strength");
    }
    Features rest = train.rows(parts.get(0));
    Features held = train.rows(parts.get(1));
    List<Double> falling = new ArrayList<>(strengths);
    falling.sort(Collections.reverseOrder());
    double best = falling.get(0);
    int most = -1;
    for (double strength : falling) {
      LinearClassifier classifier = fit(rest, train.labels().classes(), strength, kernels);
      int right = right(classifier.predict(held.matrix(), kernels), held.labels());
      if (right > most) {
        most = right;
        best = strength;
      }
    }
    return best;
  }

  private static int right(int[] predicted, Labels labels) {
    int right = 0;
    for (int i = 0; i < predicted.length; i++) {
      right += predicted[i] == labels.get(i) ? 1 : 0;
    }
    return right;
  }
}
