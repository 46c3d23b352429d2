package org.selfsup4j.core.train;

import java.util.Map;

/**
 * What came of a training step.
 *
 * @param number of the step, counted from 0
 * @param loss of the batch; the sum where a step has several turns
 * @param rate learning rate; the last turn's where a step has several
 * @param gradientNorm of all gradients before clipping, or of those of the last turn
 * @param measures what the task logs beside the loss
 * @param watched embeddings that the task wants watched, row-major [N, D], where asked for
 */
public record StepResult(
    long number,
    double loss,
    double rate,
    double gradientNorm,
    Map<String, Double> measures,
    Map<String, Watched> watched) {

  /**
   * Embeddings that are watched for collapse.
   *
   * @param rows N
   * @param width D
   * @param values row-major
   */
  public record Watched(int rows, int width, double[] values) {}
}
