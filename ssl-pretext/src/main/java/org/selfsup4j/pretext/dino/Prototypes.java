package org.selfsup4j.pretext.dino;

import java.util.Optional;
import org.selfsup4j.core.module.Initial;
import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Parameter;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Products;
import org.selfsup4j.core.tensor.Reductions;
import org.selfsup4j.core.tensor.Tensor;

/**
 * A weight-normalised linear layer without bias (Salimans and Kingma 2016, equation 2): row k of
 * its weight is {@code g_k v_k / ||v_k||}.
 *
 * @param direction v, [K, d]
 * @param length g, [K, 1], where it is trained; 1 where it is not, as in DINO
 */
public record Prototypes(Parameter direction, Optional<Parameter> length) implements Module {

  /** Fresh directions, all of length 1 for ever. */
  public static Prototypes of(int width, int count, RandomStream random) {
    double bound = 1 / Math.sqrt(width); // PyTorch's linear layer
    return new Prototypes(Initial.uniform(bound, random, count, width), Optional.empty());
  }

  /** [N, d] becomes [N, K]. */
  public Tensor apply(Tensor z, Pass pass) {
    Tensor weight = Reductions.l2Normalize(direction.in(pass)); // [K, d]
    if (length.isPresent()) {
      weight = weight.times(length.get().in(pass));
    }
    return Products.linear(z, weight, null); // [N, K]
  }
}
