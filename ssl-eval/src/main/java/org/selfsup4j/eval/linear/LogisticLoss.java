package org.selfsup4j.eval.linear;

import org.selfsup4j.eval.features.Labels;

/**
 * Multinomial logistic regression: the mean cross-entropy of {@code softmax(x w' + b)} plus {@code
 * l2} times the sum of the squares of w; b is not decayed. The variables are w [C, D] row-major,
 * then b [C]. Products are float32, everything else is double.
 */
final class LogisticLoss implements Objective {

  private final Samples samples;
  private final Labels labels;
  private final int classes;
  private final double l2;

  LogisticLoss(Samples samples, Labels labels, int classes, double l2) {
    this.samples = samples;
    this.labels = labels;
    this.classes = classes;
    this.l2 = l2;
  }

  /** Number of variables. */
  static int variables(int width, int classes) {
    return Math.multiplyExact(classes, width + 1);
  }

  @Override
  public double at(double[] x, double[] gradient) {
    int weights = classes * samples.width();
    double penalty = 0;
    for (int i = 0; i < weights; i++) {
      penalty += x[i] * x[i];
      gradient[i] = 2 * l2 * x[i];
    }
    for (int c = 0; c < classes; c++) {
      gradient[weights + c] = 0;
    }
    float[] w = weights(x, weights);
    double loss = 0;
    for (int block = 0; block < samples.blocks(); block++) {
      float[] logits = samples.logits(block, w, classes);
      loss += softmax(logits, samples.firstRow(block), x, gradient);
      float[] step = samples.gradient(block, logits, classes);
      for (int i = 0; i < weights; i++) {
        gradient[i] += step[i];
      }
    }
    return loss + l2 * penalty;
  }

  /** The float32 weights [C, D] of the variables. */
  static float[] weights(double[] x, int count) {
    float[] w = new float[count];
    for (int i = 0; i < count; i++) {
      w[i] = (float) x[i];
    }
    return w;
  }

  /**
   * Turns the logits of a block, to which the biases are added, into the gradients of its part of
   * the mean; gives that part and adds the gradients of the biases.
   */
  private double softmax(float[] logits, int firstRow, double[] x, double[] gradient) {
    int biases = x.length - classes;
    double[] exponentials = new double[classes];
    double loss = 0;
    for (int start = 0, row = firstRow; start < logits.length; start += classes, row++) {
      double most = Double.NEGATIVE_INFINITY;
      for (int c = 0; c < classes; c++) {
        exponentials[c] = logits[start + c] + x[biases + c];
        most = Math.max(most, exponentials[c]);
      }
      int label = labels.get(row);
      double logit = exponentials[label];
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        exponentials[c] = Math.exp(exponentials[c] - most);
        sum += exponentials[c];
      }
      loss += (most + Math.log(sum) - logit) / samples.rows();
      for (int c = 0; c < classes; c++) {
        double residual = (exponentials[c] / sum - (c == label ? 1 : 0)) / samples.rows();
        gradient[biases + c] += residual;
        logits[start + c] = (float) residual;
      }
    }
    return loss;
  }
}
