package org.selfsup4j.core.optim;

import java.util.function.BiPredicate;
import org.selfsup4j.core.tensor.Shape;

/**
 * Parameters that an optimizer treats alike.
 *
 * @param name for logs
 * @param holds whether a parameter of this name and shape belongs to the group
 * @param decays whether weight decay applies
 * @param rateFactor times the learning rate
 */
public record ParameterGroup(
    String name, BiPredicate<String, Shape> holds, boolean decays, double rateFactor) {

  /** Everything, with decay: what a plain PyTorch optimizer does. */
  public static ParameterGroup everything() {
    return new ParameterGroup("all", (name, shape) -> true, true, 1);
  }

  /** Biases and norms, that is all parameters of one axis: without decay. */
  public static ParameterGroup biasesAndNorms() {
    return new ParameterGroup("no decay", (name, shape) -> shape.rank() <= 1, false, 1);
  }
}
