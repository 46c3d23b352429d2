package org.selfsup4j.models;

import java.util.List;
import java.util.Optional;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Tensor;

/**
 * {@code relu(path(x) + shortcut(x))} (He et al. 2016, equations 1 and 2): the basic block with two
 * convolutions on its path, the bottleneck with three.
 *
 * @param path convolutions with relu between them
 * @param shortcut a 1x1 convolution where size or number of maps change; else x itself is added
 */
public record ResidualBlock(List<NormedConvolution> path, Optional<NormedConvolution> shortcut)
    implements Module {

  /** How many times wider a bottleneck's result is than its 3x3 convolution. */
  static final int EXPANSION = 4;

  /** Refuses an empty path. */
  public ResidualBlock {
    path = List.copyOf(path);
    if (path.isEmpty()) {
      throw new IllegalArgumentException("path is empty: a block needs a convolution at least");
    }
  }

  /** Two 3x3 convolutions, the first with the stride: {@code inputs} maps become {@code width}. */
  public static ResidualBlock basic(int inputs, int width, int stride, RandomStream random) {
    return new ResidualBlock(
        List.of(
            NormedConvolution.of(inputs, width, Window.square(3, stride, 1), random.at(0)),
            NormedConvolution.of(width, width, Window.square(3, 1, 1), random.at(1))),
        shortcut(inputs, width, stride, random));
  }

  /**
   * 1x1 to {@code width} maps, 3x3 with the stride, 1x1 to four times as many. The stride stands in
   * the 3x3 convolution as in torchvision (in the paper: in the first 1x1).
   */
  public static ResidualBlock bottleneck(int inputs, int width, int stride, RandomStream random) {
    int outputs = EXPANSION * width;
    return new ResidualBlock(
        List.of(
            NormedConvolution.of(inputs, width, Window.square(1, 1, 0), random.at(0)),
            NormedConvolution.of(width, width, Window.square(3, stride, 1), random.at(1)),
            NormedConvolution.of(width, outputs, Window.square(1, 1, 0), random.at(2))),
        shortcut(inputs, outputs, stride, random));
  }

  private static Optional<NormedConvolution> shortcut(
      int inputs, int outputs, int stride, RandomStream random) {
    if (stride == 1 && inputs == outputs) {
      return Optional.empty();
    }
    Window window = Window.square(1, stride, 0);
    return Optional.of(NormedConvolution.of(inputs, outputs, window, random.at("shortcut")));
  }

  /** [N, C, H, W] becomes [N, O, H / stride, W / stride], rounded up. */
  public Tensor apply(Tensor x, Pass pass) {
    Tensor residual = shortcut.isPresent() ? shortcut.get().apply(x, pass) : x;
    Tensor y = x;
    for (NormedConvolution step : path.subList(0, path.size() - 1)) {
      y = step.applyRelu(y, pass);
    }
    return last().applyRelu(y, residual, pass);
  }

  /** The convolution whose result meets the shortcut. */
  NormedConvolution last() {
    return path.get(path.size() - 1);
  }
}
