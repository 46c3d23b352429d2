package org.selfsup4j.core.module;

import java.util.Optional;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Convolutions;
import org.selfsup4j.core.tensor.Tensor;

/**
 * A transposed convolution: what a convolution of the same window does to gradients, used forwards
 * to make maps larger. A window of 4 with stride 2 and padding 1 doubles both sides.
 *
 * @param weight [I, O / groups, height, width]
 * @param bias [O], if any
 * @param window how the kernel moves
 * @param groups runs of channels that do not see each other
 */
public record TransposedConvolution(
    Parameter weight, Optional<Parameter> bias, Window window, int groups) implements Module {

  /** Uniform in 1 / sqrt(O height width) with bias, PyTorch's default. */
  public static TransposedConvolution of(
      int inputs, int outputs, Window window, RandomStream random) {
    double bound = 1 / Math.sqrt((double) outputs * window.height() * window.width());
    return new TransposedConvolution(
        Initial.uniform(
            bound, random.at("weight"), inputs, outputs, window.height(), window.width()),
        Optional.of(Initial.uniform(bound, random.at("bias"), outputs)),
        window,
        1);
  }

  /** [N, I, H, W] becomes [N, O, (H - 1) stride - 2 padding + height, ...]. */
  public Tensor apply(Tensor x, Pass pass) {
    Tensor b = bias.isPresent() ? bias.get().in(pass) : null;
    return Convolutions.convTranspose2d(x, weight.in(pass), b, window, groups, 0);
  }
}
