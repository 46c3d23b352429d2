package org.selfsup4j.pretext.parts;

import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.tensor.Views;

/**
 * A batch of {@link ViewPair}s.
 *
 * @param views [2, N, C, H, W]
 */
public record ViewPairs(Tensor views) {

  /** The first view of each image: [N, C, H, W]. */
  public Tensor first() {
    return Views.drop(views.slice(0, 0, 1), 0);
  }

  /** The second view of each image: [N, C, H, W]. */
  public Tensor second() {
    return Views.drop(views.slice(0, 1, 2), 0);
  }

  /** All first views, then all second ones: [2N, C, H, W]. */
  public Tensor all() {
    return FirstAxes.merged(views);
  }
}
