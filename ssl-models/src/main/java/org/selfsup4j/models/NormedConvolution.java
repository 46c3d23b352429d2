package org.selfsup4j.models;

import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.module.BatchNorm;
import org.selfsup4j.core.module.Convolution;
import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Tensor;

/**
 * A convolution and the batch norm behind it.
 *
 * @param convolution without bias, which the norm would take away
 * @param norm over the convolution's maps
 */
public record NormedConvolution(Convolution convolution, BatchNorm norm) implements Module {

  /** He-normal weights; gamma 1 and beta 0. */
  public static NormedConvolution of(int inputs, int outputs, Window window, RandomStream random) {
    return new NormedConvolution(
        Convolution.withoutBias(inputs, outputs, window, random.at("convolution")),
        BatchNorm.of(outputs));
  }

  /** [N, C, H, W] becomes [N, O, H', W']. */
  public Tensor apply(Tensor x, Pass pass) {
    return norm.apply(convolution.apply(x, pass), pass);
  }

  /** The same, then relu. */
  public Tensor applyRelu(Tensor x, Pass pass) {
    return norm.applyRelu(convolution.apply(x, pass), pass);
  }

  /** The same plus {@code residual} [N, O, H', W'], then relu. */
  public Tensor applyRelu(Tensor x, Tensor residual, Pass pass) {
    return norm.apply(convolution.apply(x, pass), residual, true, pass);
  }
}
