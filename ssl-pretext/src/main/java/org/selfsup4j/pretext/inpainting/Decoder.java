package org.selfsup4j.pretext.inpainting;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.module.BatchNorm;
import org.selfsup4j.core.module.Initial;
import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Parameter;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.module.TransposedConvolution;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Activations;
import org.selfsup4j.core.tensor.Tensor;

/**
 * From the encoder's maps to pixels (section 3.1): the channel-wise fully-connected layer, then
 * transposed convolutions, each of which doubles the side and halves the number of maps.
 *
 * @param bottleneck between encoder and decoder
 * @param stages with batch norm and relu
 * @param pixels the last doubling, to the channels of the image
 * @param size side of what is guessed
 */
public record Decoder(
    ChannelwiseFullyConnected bottleneck,
    List<Stage> stages,
    TransposedConvolution pixels,
    int size)
    implements Module {

  private static final Window DOUBLING = Window.square(4, 2, 1);
  private static final int FEWEST_MAPS = 16;

  /** Doubles the side of maps. */
  public record Stage(TransposedConvolution convolution, BatchNorm norm) implements Module {}

  /** Copies the list. */
  public Decoder {
    stages = List.copyOf(stages);
  }

  /**
   * A fresh decoder.
   *
   * @param maps of the encoder's last stage, C
   * @param mapSize their side
   * @param size side of what is guessed: the maps' doubled once or more often
   * @param channels of the image
   * @throws IllegalArgumentException if doubling does not lead from one size to the other
   */
  public static Decoder of(int maps, int mapSize, int size, int channels, RandomStream random) {
    int doublings = doublings(mapSize, size);
    List<Stage> stages = new ArrayList<>();
    int inputs = maps;
    for (int i = 0; i < doublings - 1; i++) {
      int outputs = Math.max(FEWEST_MAPS, inputs / 2);
      RandomStream own = random.at("stages").at(i);
      stages.add(
          new Stage(
              new TransposedConvolution(
                  kernel(inputs, outputs, own), Optional.empty(), DOUBLING, 1),
              BatchNorm.of(outputs)));
      inputs = outputs;
    }
    return new Decoder(
        ChannelwiseFullyConnected.of(maps, mapSize, random.at("bottleneck")),
        stages,
        new TransposedConvolution(
            kernel(inputs, channels, random.at("pixels")),
            Optional.of(Initial.constant(0, channels)),
            DOUBLING,
            1),
        size);
  }

  /** Normal with deviation .02, as DCGAN's (Radford et al. 2016, section 4). */
  private static Parameter kernel(int inputs, int outputs, RandomStream random) {
    return Initial.normal(0.02, random, inputs, outputs, DOUBLING.height(), DOUBLING.width());
  }

  /** How often {@code mapSize} must be doubled to become {@code size}; refuses what never does. */
  private static int doublings(int mapSize, int size) {
    int doublings = 0;
    long side = mapSize;
    while (side < size) {
      side *= 2;
      doublings++;
    }
    if (side != size || doublings == 0) {
      throw new IllegalArgumentException(
          "the encoder's last maps are "
              + mapSize
              + "x"
              + mapSize
              + " and the guessed square is "
              + size
              + "x"
              + size
              + ": the decoder doubles the maps, so the square must be "
              + 2 * mapSize
              + ", "
              + 4 * mapSize
              + ", "
              + 8 * mapSize
              + " and so on; choose another image size, region or encoder");
    }
    return doublings;
  }

  /** Channels of what it guesses. */
  public int channels() {
    return (int) pixels.weight().shape().size(1);
  }

  /**
   * Guesses pixels.
   *
   * @param maps [N, C, n, n] of the encoder's last stage
   * @return [N, channels, size, size]
   */
  public Tensor apply(Tensor maps, Pass pass) {
    Tensor x = Activations.relu(bottleneck.apply(maps, pass)); // [N, C, n, n]
    for (Stage stage : stages) {
      Tensor input = x;
      x =
          pass.session()
              .scope(() -> stage.norm().applyRelu(stage.convolution().apply(input, pass), pass));
    } // [N, C / 2^i, 2^i n, 2^i n]
    return pixels.apply(x, pass); // [N, channels, size, size]
  }
}
