package org.selfsup4j.core.module;

import java.util.Optional;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Convolutions;
import org.selfsup4j.core.tensor.Tensor;

/**
 * A convolution of images.
 *
 * @param weight [O, C / groups, height, width]
 * @param bias [O], if any
 * @param window how the kernel moves
 * @param groups runs of channels that do not see each other
 */
public record Convolution(Parameter weight, Optional<Parameter> bias, Window window, int groups)
    implements Module {

  /** He-normal weights (fan out), no bias: before a batch norm, as in ResNet. */
  public static Convolution withoutBias(
      int inputs, int outputs, Window window, RandomStream random) {
    return new Convolution(
        Initial.heNormal(random.at("weight"), outputs, inputs, window.height(), window.width()),
        Optional.empty(),
        window,
        1);
  }

  /** Uniform in 1 / sqrt(fan in) with bias, PyTorch's default. */
  public static Convolution of(
      int inputs, int outputs, Window window, int groups, RandomStream random) {
    long fan = (long) inputs / groups * window.height() * window.width();
    double bound = 1 / Math.sqrt((double) fan);
    return new Convolution(
        Initial.uniform(
            bound, random.at("weight"), outputs, inputs / groups, window.height(), window.width()),
        Optional.of(Initial.uniform(bound, random.at("bias"), outputs)),
        window,
        groups);
  }

  /** [N, C, H, W] becomes [N, O, H', W']. */
  public Tensor apply(Tensor x, Pass pass) {
    Tensor b = bias.isPresent() ? bias.get().in(pass) : null;
    return Convolutions.conv2d(x, weight.in(pass), b, window, groups);
  }
}
