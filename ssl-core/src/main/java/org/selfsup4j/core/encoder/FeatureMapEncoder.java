package org.selfsup4j.core.encoder;

import java.util.List;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.tensor.Tensor;

/** An encoder that also gives the maps of each of its stages. */
public interface FeatureMapEncoder extends ImageEncoder {

  /**
   * The maps of each stage, from fine to coarse.
   *
   * @param images [N, C, H, W]
   * @return [N, C', H', W'] each
   */
  List<Tensor> maps(Tensor images, Pass pass);
}
