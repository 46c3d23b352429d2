package org.selfsup4j.eval.knn;

import java.util.List;
import java.util.Locale;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.eval.features.Features;
import org.selfsup4j.eval.features.Labels;
import org.selfsup4j.eval.report.Score;

/**
 * The k training samples whose features are most similar (cosine) to those of a test sample vote
 * for their class, each with the weight {@code exp(similarity / T)}: Wu et al. 2018, "Unsupervised
 * Feature Learning via Non-Parametric Instance Discrimination", section 3.4, and the protocol of
 * DINO (Caron et al. 2021). Nothing is trained and nothing is drawn.
 *
 * <p>Equal similarities: the training sample of the lower index is the nearer one. Equal votes: the
 * lower class wins.
 *
 * @param neighbours k
 * @param temperature T, more than 0: the smaller, the more the nearest ones count
 */
public record WeightedKnn(int neighbours, double temperature) {

  /** Checks ranges. */
  public WeightedKnn {
    if (neighbours < 1) {
      throw new IllegalArgumentException(
          "neighbours is " + neighbours + ": at least one must vote; 20 and 200 are usual");
    }
    if (!(temperature > 0) || Double.isInfinite(temperature)) {
      throw new IllegalArgumentException(
          "temperature is " + temperature + ": it must be above 0; 0.07 and 0.1 are usual");
    }
  }

  /** k = 20, T = 0.07: DINO's usual choice. */
  public static WeightedKnn nearest20() {
    return new WeightedKnn(20, 0.07);
  }

  /** k = 200, T = 0.1: the usual choice of instance discrimination, for large training sets. */
  public static WeightedKnn nearest200() {
    return new WeightedKnn(200, 0.1);
  }

  /**
   * The accuracy on {@code test} where {@code train} votes.
   *
   * @throws IllegalArgumentException if there are fewer training samples than neighbours, labels
   *     are missing, or the widths differ
   */
  public Score score(Features train, Features test, Kernels kernels) {
    return Score.of(protocol(), train, test, predict(train, test, kernels), List.of());
  }

  /** The classes that {@link #score} compares with the labels: one for each test sample. */
  public int[] predict(Features train, Features test, Kernels kernels) {
    Neighbours nearest = search(train, test, kernels);
    int[] predicted = new int[test.samples()];
    for (int row = 0; row < predicted.length; row++) {
      double[] votes = votes(nearest, row, train.labels());
      for (int c = 1; c < votes.length; c++) {
        if (votes[c] > votes[predicted[row]]) {
          predicted[row] = c;
        }
      }
    }
    return predicted;
  }

  /** What a score says of this protocol. */
  public String protocol() {
    return String.format(Locale.ROOT, "weighted kNN, cosine, k=%d, T=%s", neighbours, temperature);
  }

  Neighbours search(Features train, Features test, Kernels kernels) {
    Features.requireComparable(train, test);
    if (neighbours > train.samples()) {
      throw new IllegalArgumentException(
          "neighbours is "
              + neighbours
              + " but there are only "
              + train.samples()
              + " training samples: choose a k of at most that, 20 is usual for small data");
    }
    return new NeighbourSearch(kernels, neighbours).of(train.matrix(), test.matrix());
  }

  /**
   * The votes for each class in parts of the nearest sample's weight, which keeps the exponentials
   * in range whatever the temperature.
   */
  double[] votes(Neighbours nearest, int row, Labels labels) {
    double[] votes = new double[labels.classes()];
    double most = nearest.similarity(row, 0);
    for (int i = 0; i < neighbours; i++) {
      double weight = Math.exp((nearest.similarity(row, i) - most) / temperature);
      votes[labels.get(nearest.index(row, i))] += weight;
    }
    return votes;
  }
}
