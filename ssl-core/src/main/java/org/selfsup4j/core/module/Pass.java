package org.selfsup4j.core.module;

import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Session;

/**
 * What a layer may know of the pass through it.
 *
 * @param training whether dropout drops and batch norm measures
 * @param random the draws of this pass, in the order of the calls: addressed by seed and step
 * @param session memory and kernels of the step
 */
public record Pass(boolean training, RandomStream random, Session session) {

  /** The same step seen as evaluation: for a teacher inside a training step. */
  public Pass evaluating() {
    return new Pass(false, random, session);
  }
}
