package org.selfsup4j.models;

import java.util.List;

/**
 * What a {@link ResNet} is built of.
 *
 * @param stem how an image becomes the first maps
 * @param channels of an image
 * @param width maps of the stem and inside the blocks of the first stage; doubles with each stage
 * @param depths blocks in each stage
 * @param bottleneck whether blocks have three convolutions and four times as many maps as width
 * @param zeroLastGamma whether every block starts as its shortcut (Goyal et al. 2017, section 5.1)
 */
public record ResNetOptions(
    ResNet.Stem stem,
    int channels,
    int width,
    List<Integer> depths,
    boolean bottleneck,
    boolean zeroLastGamma) {

  /** Refuses sizes below 1 and networks without a stage. */
  public ResNetOptions {
    depths = List.copyOf(depths);
    if (channels < 1 || width < 1) {
      throw new IllegalArgumentException(
          "channels is " + channels + ", width is " + width + ": both must be at least 1");
    }
    if (depths.isEmpty() || depths.stream().anyMatch(depth -> depth < 1)) {
      throw new IllegalArgumentException(
          "depths is " + depths + ": give one stage or more, each with a block at least");
    }
  }

  /** He et al. 2016, table 1, 18 layers. */
  public static ResNetOptions resnet18(ResNet.Stem stem) {
    return new ResNetOptions(stem, 3, 64, List.of(2, 2, 2, 2), false, false);
  }

  /** He et al. 2016, table 1, 34 layers. */
  public static ResNetOptions resnet34(ResNet.Stem stem) {
    return new ResNetOptions(stem, 3, 64, List.of(3, 4, 6, 3), false, false);
  }

  /** He et al. 2016, table 1, 50 layers. */
  public static ResNetOptions resnet50(ResNet.Stem stem) {
    return new ResNetOptions(stem, 3, 64, List.of(3, 4, 6, 3), true, false);
  }

  /** With another stem. */
  public ResNetOptions withStem(ResNet.Stem stem) {
    return new ResNetOptions(stem, channels, width, depths, bottleneck, zeroLastGamma);
  }

  /** With images of {@code channels}. */
  public ResNetOptions withChannels(int channels) {
    return new ResNetOptions(stem, channels, width, depths, bottleneck, zeroLastGamma);
  }

  /** With {@code width} maps in the first stage. */
  public ResNetOptions withWidth(int width) {
    return new ResNetOptions(stem, channels, width, depths, bottleneck, zeroLastGamma);
  }

  /** With as many stages as numbers, each of so many blocks. */
  public ResNetOptions withDepths(Integer... depths) {
    return new ResNetOptions(stem, channels, width, List.of(depths), bottleneck, zeroLastGamma);
  }

  /** With the last gamma of each block zero at the start, or 1. */
  public ResNetOptions withZeroLastGamma(boolean zero) {
    return new ResNetOptions(stem, channels, width, depths, bottleneck, zero);
  }

  /** How many maps {@code stage} (from 0) gives. */
  public int maps(int stage) {
    return (width << stage) * (bottleneck ? ResidualBlock.EXPANSION : 1);
  }
}
