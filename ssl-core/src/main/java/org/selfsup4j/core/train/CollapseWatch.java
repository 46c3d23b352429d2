package org.selfsup4j.core.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.selfsup4j.core.task.Collapse;
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
  private final Set<String> collapsed = new TreeSet<>();

  /** The measures of a step by name, for the log; warns where embeddings have collapsed. */
  Map<String, Double> measure(StepResult result) {
    Map<String, Double> measures = new LinkedHashMap<>();
    result.watched().forEach((name, z) -> measure(result.number(), name, z, measures));
    return measures;
  }

  private void measure(long step, String name, StepResult.Watched z, Map<String, Double> measures) {
    if (z.rows() < 2) {
      return; // one embedding has no spread
    }
    Collapse spread = Collapse.of(z.values(), z.rows(), z.width());
    measures.put(name + "_spread", spread.relativeDeviation());
    measures.put(name + "_rank", spread.effectiveRank());
    if (spread.relativeDeviation() >= SPREAD_LIMIT) {
      narrow.remove(name);
      return;
    }
    if (narrow.merge(name, 1, Integer::sum) == PATIENCE) {
      collapsed.add(name);
      LOG.warn(
          "step {}: the embeddings '{}' have collapsed: their spread is {} of that of evenly spread"
              + " ones, their effective rank {} of {}. Look for a missing stop-gradient,"
              + " normalisation or negatives, or lower the learning rate",
          step,
          name,
          String.format(Locale.ROOT, "%.4f", spread.relativeDeviation()),
          String.format(Locale.ROOT, "%.1f", spread.effectiveRank()),
          z.width());
    }
  }

  /** The names of the embeddings that were warned of. */
  Set<String> collapsed() {
    return Collections.unmodifiableSet(collapsed);
  }
}
