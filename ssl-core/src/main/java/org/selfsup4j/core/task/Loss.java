package org.selfsup4j.core.task;

import java.util.LinkedHashMap;
import java.util.Map;
import org.selfsup4j.core.tensor.Tensor;

/**
 * The loss of a batch and what is worth logging beside it.
 *
 * @param value one number, from which gradients flow
 * @param measures numbers for the log, by name
 * @param watched embeddings [N, D] that are watched for collapse, by name
 */
public record Loss(Tensor value, Map<String, Double> measures, Map<String, Tensor> watched) {

  /** Copies the maps, which keep their order. */
  public Loss {
    if (value.shape().count() != 1) {
      throw new IllegalArgumentException(
          "a loss is one number, got shape " + value.shape() + ": take its mean or sum");
    }
    measures = new LinkedHashMap<>(measures);
    watched = new LinkedHashMap<>(watched);
  }

  /** A loss alone. */
  public static Loss of(Tensor value) {
    return new Loss(value, Map.of(), Map.of());
  }

  /** With a number for the log. */
  public Loss with(String name, double measure) {
    Loss copy = new Loss(value, measures, watched);
    copy.measures.put(name, measure);
    return copy;
  }

  /** With a tensor of one number for the log. */
  public Loss with(String name, Tensor measure) {
    return with(name, measure.detach().item());
  }

  /**
   * With embeddings [N, D] to be watched: if they stop differing between samples the run has
   * collapsed, and the trainer says so.
   */
  public Loss watch(String name, Tensor embeddings) {
    Loss copy = new Loss(value, measures, watched);
    copy.watched.put(name, embeddings.detach());
    return copy;
  }
}
