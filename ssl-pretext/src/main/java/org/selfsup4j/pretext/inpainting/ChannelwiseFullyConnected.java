package org.selfsup4j.pretext.inpainting;

import java.util.Optional;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.module.Convolution;
import org.selfsup4j.core.module.Initial;
import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Parameter;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Shape;
import org.selfsup4j.core.tensor.ShapeException;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.tensor.Views;

/**
 * The channel-wise fully-connected layer (section 3.1): within each map every position hears of
 * every other, by a matrix of the map's own; then a 1x1 convolution lets the maps hear of each
 * other. C maps of n x n take C n^4 weights, where a fully-connected layer takes C^2 n^4.
 *
 * @param weight [C, P, P]: of each map from position (second) to position (first)
 * @param across the 1x1 convolution, C to C maps
 */
public record ChannelwiseFullyConnected(Parameter weight, Convolution across) implements Module {

  /** For {@code channels} maps of {@code size x size}; all uniform in 1 / sqrt(inputs). */
  public static ChannelwiseFullyConnected of(int channels, int size, RandomStream random) {
    int positions = size * size;
    return new ChannelwiseFullyConnected(
        Initial.uniform(
            1 / Math.sqrt(positions), random.at("weight"), channels, positions, positions),
        Convolution.of(channels, channels, Window.square(1, 1, 0), 1, random.at("across")));
  }

  /** With given matrices and the convolution's weight [C, C, 1, 1], without bias. */
  static ChannelwiseFullyConnected of(Parameter weight, Parameter across) {
    return new ChannelwiseFullyConnected(
        weight, new Convolution(across, Optional.empty(), Window.square(1, 1, 0), 1));
  }

  /** [N, C, n, n] becomes [N, C, n, n]. */
  public Tensor apply(Tensor maps, Pass pass) {
    return across.apply(within(maps, weight.in(pass)), pass);
  }

  /**
   * The first half: each map times its matrix.
   *
   * @param maps [N, C, H, W]
   * @param weight [C, H W, H W]
   * @return [N, C, H, W], channels-last
   * @throws ShapeException if the maps are not those that the matrices were made for
   */
  public static Tensor within(Tensor maps, Tensor weight) {
    long n = maps.size(0);
    long c = maps.size(1);
    long h = maps.size(2);
    long w = maps.size(3);
    requireFitting(weight.shape(), c, h, w);
    Tensor rows = maps.permute(1, 0, 2, 3).reshape(c, n, h * w); // [C, N, P]
    Tensor mixed = Views.contiguous(rows).matmul(weight.permute(0, 2, 1)); // [C, N, P]
    Tensor last = Views.contiguous(mixed.permute(1, 2, 0)); // [N, P, C]
    return last.reshape(n, h, w, c).permute(0, 3, 1, 2); // [N, C, H, W]
  }

  /**
   * Refuses {@code c} maps of {@code h x w} where the layer was made for others.
   *
   * @throws ShapeException naming both
   */
  void requireFitting(long c, long h, long w) {
    requireFitting(weight.shape(), c, h, w);
  }

  private static void requireFitting(Shape weight, long c, long h, long w) {
    if (c != weight.size(0) || h * w != weight.size(2)) {
      throw new ShapeException(
          "channel-wise fully-connected layer: "
              + c
              + " maps of "
              + h
              + "x"
              + w
              + " do not fit weight [C, P, P] "
              + weight
              + ": make it for these maps, or give images of the size that it was made for");
    }
  }
}
