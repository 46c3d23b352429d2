package org.selfsup4j.core.train;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Measures watched embeddings, and warns of each that stops to differ. */
final class CollapseWatch {

  private static final Logger LOG = LoggerFactory.getLogger(CollapseWatch.class);

  /** Below this part of 1 / sqrt(D), what evenly spread embeddings have, they are collapsed. */
  private static final double SPREAD_LIMIT = 0.05;

  /** So often in a row: networks fresh from their initial weights are narrow for a while, too. */
  private static final int PATIENCE = 5;

  private final Map<String, Integer> narrow = new TreeMap<>();

  /** The measures of a step by name, for the log. */
  Map<String, Double> measure(StepResult result) {
    Map<String, Double> measures = new LinkedHashMap<>();
    result
        .watched()
        .forEach(
            (name, z) -> {
              double spread = spread(z) * Math.sqrt(z.width());
              measures.put(name + "_spread", spread);
              int times = spread < SPREAD_LIMIT ? narrow.merge(name, 1, Integer::sum) : 0;
              if (times == 0) {
                narrow.remove(name);
              }
              if (times == PATIENCE) {
                LOG.warn(
                    "step {}: the embeddings '{}' have collapsed: their spread is {} of that of"
                        + " evenly spread ones. Look for a missing stop-gradient, normalisation or"
                        + " negatives, or lower the learning rate",
                    result.number(),
                    name,
                    String.format(java.util.Locale.ROOT, "%.4f", spread));
              }
            });
    return measures;
  }

  /** Mean over the channels of the standard deviation of L2-normalised rows (SimSiam, fig. 2). */
  private static double spread(StepResult.Watched z) {
    double[] sums = new double[z.width()];
    double[] squares = new double[z.width()];
    for (int i = 0; i < z.rows(); i++) {
      double norm = 0;
      for (int j = 0; j < z.width(); j++) {
        norm += z.values()[i * z.width() + j] * z.values()[i * z.width() + j];
      }
      norm = Math.max(Math.sqrt(norm), 1e-12);
      for (int j = 0; j < z.width(); j++) {
        double value = z.values()[i * z.width() + j] / norm;
        sums[j] += value;
        squares[j] += value * value;
      }
    }
    double total = 0;
    for (int j = 0; j < z.width(); j++) {
      double mean = sums[j] / z.rows();
      total += Math.sqrt(Math.max(0, squares[j] / z.rows() - mean * mean));
    }
    return total / z.width();
  }
}
