package org.selfsup4j.eval.linear;

import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.eval.features.Matrix;

/** A fitted classifier: the class of the largest of {@code x w' + b}, x standardised. */
final class LinearClassifier {

  private final Standardisation standardisation;
  private final int classes;
  private final Lbfgs.Result fit;

  LinearClassifier(Standardisation standardisation, int classes, Lbfgs.Result fit) {
    this.standardisation = standardisation;
    this.classes = classes;
    this.fit = fit;
  }

  /** How the fit ended. */
  Lbfgs.Result fit() {
    return fit;
  }

  /** The class of each row; among equals the lowest. */
  int[] predict(Matrix matrix, Kernels kernels) {
    int[] predicted = new int[matrix.rows()];
    int biases = fit.x.length - classes;
    float[] weights = LogisticLoss.weights(fit.x, biases);
    try (Samples samples = new Samples(matrix, standardisation, classes, kernels)) {
      for (int block = 0; block < samples.blocks(); block++) {
        float[] logits = samples.logits(block, weights, classes);
        int row = samples.firstRow(block);
        for (int start = 0; start < logits.length; start += classes, row++) {
          double most = Double.NEGATIVE_INFINITY;
          for (int c = 0; c < classes; c++) {
            double logit = logits[start + c] + fit.x[biases + c];
            if (logit > most) {
              most = logit;
              predicted[row] = c;
            }
          }
        }
      }
    }
    return predicted;
  }
}
