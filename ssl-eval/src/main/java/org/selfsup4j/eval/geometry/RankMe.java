package org.selfsup4j.eval.geometry;

import java.util.Locale;
import java.util.stream.IntStream;
import org.selfsup4j.core.task.Collapse;
import org.selfsup4j.eval.features.Features;

/**
 * In how many directions features lie: the exponential of the entropy of their singular values, a
 * guide to downstream accuracy that needs no labels (Garrido et al. 2023, "RankMe: Assessing the
 * Downstream Performance of Pretrained Self-Supervised Representations by Their Rank").
 *
 * @param effectiveRank from 1 to min(samples, width)
 * @param samples that were measured
 * @param width numbers of a feature
 * @param encoder what made the features
 * @param data what they were taken of
 */
public record RankMe(double effectiveRank, int samples, int width, String encoder, String data) {

  /** Measures all samples. The paper takes 25,600. */
  public static RankMe of(Features features) {
    float[] values = features.matrix().toFloats();
    return new RankMe(
        Collapse.effectiveRank(values, features.samples(), features.width()),
        features.samples(),
        features.width(),
        features.encoder(),
        features.data());
  }

  /** Measures the first {@code most} samples at most. */
  public static RankMe of(Features features, int most) {
    int count = Math.min(most, features.samples());
    return of(
        count == features.samples()
            ? features
            : features.rows(IntStream.range(0, count).toArray()));
  }

  /** One line: value, protocol, encoder, data. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%.1f of %d: RankMe; %s; %d samples of %s",
        effectiveRank,
        Math.min(samples, width),
        encoder,
        samples,
        data);
  }
}
