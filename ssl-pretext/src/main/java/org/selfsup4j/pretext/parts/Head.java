package org.selfsup4j.pretext.parts;

import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.tensor.Tensor;

/** From features to the space in which a loss compares, or from there to a guess within it. */
public interface Head extends Module {

  /** [N, D] becomes [N, d]. */
  Tensor apply(Tensor features, Pass pass);

  /** D, the width of what it takes. */
  int width();

  /** d, the width of what it gives. */
  int dimension();
}
