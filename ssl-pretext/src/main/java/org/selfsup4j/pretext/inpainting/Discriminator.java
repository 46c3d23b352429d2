package org.selfsup4j.pretext.inpainting;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.module.BatchNorm;
import org.selfsup4j.core.module.Convolution;
import org.selfsup4j.core.module.Initial;
import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Parameter;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Activations;
import org.selfsup4j.core.tensor.Tensor;

/**
 * D of equation 2: tells photographed pixels from guessed ones, and is thrown away after training.
 * DCGAN's (Radford, Metz and Chintala 2016, section 3) for any size: strided convolutions, batch
 * norm but in the first, leaky relu.
 *
 * @param first halves the side
 * @param stages each halves the side and doubles the maps
 * @param verdict all that is left to one number
 * @param size side of what it is shown
 */
public record Discriminator(Convolution first, List<Stage> stages, Convolution verdict, int size)
    implements Module {

  private static final Window HALVING = Window.square(4, 2, 1);
  private static final double SLOPE = 0.2; // Radford et al. 2016, section 4
  private static final int SMALLEST = 4; // as far down as DCGAN goes

  /** Halves the side of maps. */
  public record Stage(Convolution convolution, BatchNorm norm) implements Module {}

  /** Copies the list. */
  public Discriminator {
    stages = List.copyOf(stages);
  }

  /**
   * A fresh discriminator.
   *
   * @param channels of the image
   * @param size side of what it is shown, even
   * @param width maps of the first convolution
   */
  public static Discriminator of(int channels, int size, int width, RandomStream random) {
    if (size % 2 != 0) {
      throw new IllegalArgumentException(
          "size is " + size + ": the discriminator halves it, so it must be even");
    }
    int side = size / 2;
    int maps = width;
    List<Stage> stages = new ArrayList<>();
    while (side > SMALLEST && side % 2 == 0) {
      Parameter kernel = kernel(maps, 2 * maps, HALVING, random.at("stages").at(stages.size()));
      stages.add(
          new Stage(new Convolution(kernel, Optional.empty(), HALVING, 1), BatchNorm.of(2 * maps)));
      side /= 2;
      maps *= 2;
    }
    Window rest = Window.square(side, 1, 0);
    return new Discriminator(
        biased(kernel(channels, width, HALVING, random.at("first")), HALVING),
        stages,
        biased(kernel(maps, 1, rest, random.at("verdict")), rest),
        size);
  }

  /** Normal with deviation .02 (Radford et al. 2016, section 4). */
  private static Parameter kernel(int inputs, int outputs, Window window, RandomStream random) {
    return Initial.normal(0.02, random, outputs, inputs, window.height(), window.width());
  }

  private static Convolution biased(Parameter kernel, Window window) {
    return new Convolution(
        kernel, Optional.of(Initial.constant(0, kernel.shape().size(0))), window, 1);
  }

  /**
   * The logit of being photographed.
   *
   * @param pixels [N, C, size, size]
   * @return [N]
   */
  public Tensor apply(Tensor pixels, Pass pass) {
    Tensor x = Activations.leakyRelu(first.apply(pixels, pass), SLOPE); // [N, width, size / 2, ..]
    for (Stage stage : stages) {
      Tensor normed = stage.norm().apply(stage.convolution().apply(x, pass), pass);
      x = Activations.leakyRelu(normed, SLOPE); // [N, 2^i width, size / 2^(i+1), ..]
    }
    return verdict.apply(x, pass).reshape(pixels.size(0)); // [N]
  }
}
