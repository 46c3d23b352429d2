package org.selfsup4j.models;

/**
 * What a {@link VisionTransformer} is built of.
 *
 * @param imageSize side in pixels of the images that the positions are made for; others may come
 * @param patchSize side of a patch in pixels
 * @param channels of an image
 * @param width D, features of a token
 * @param depth number of blocks
 * @param heads of each attention; they divide the width
 * @param mlpRatio hidden features of each block's MLP over D
 * @param positions learned or fixed
 * @param pool what becomes the features
 * @param dropPath probability that a sample skips a branch of the last block in training; grows
 *     evenly from 0 in the first
 * @param antialias whether positions are smoothed where the grid shrinks, as in timm
 */
public record VisionTransformerOptions(
    int imageSize,
    int patchSize,
    int channels,
    int width,
    int depth,
    int heads,
    int mlpRatio,
    VisionTransformer.Positions positions,
    VisionTransformer.Pool pool,
    double dropPath,
    boolean antialias) {

  /** Refuses what does not fit together. */
  public VisionTransformerOptions {
    requirePositive("imageSize", imageSize);
    requirePositive("patchSize", patchSize);
    requirePositive("channels", channels);
    requirePositive("width", width);
    requirePositive("depth", depth);
    requirePositive("heads", heads);
    requirePositive("mlpRatio", mlpRatio);
    VisionTransformer.requireWholePatches(imageSize, patchSize);
    if (width % heads != 0) {
      throw new IllegalArgumentException(
          "width " + width + " does not divide into " + heads + " heads: choose a divisor");
    }
    if (positions == VisionTransformer.Positions.SINE_COSINE && width % 4 != 0) {
      throw new IllegalArgumentException(
          "width "
              + width
              + " is not a multiple of 4, as sine-cosine positions need: choose another width, or"
              + " learned positions");
    }
    if (!(dropPath >= 0 && dropPath < 1)) {
      throw new IllegalArgumentException(
          "dropPath is " + dropPath + ": it must be at least 0 and below 1");
    }
  }

  /** Color images, an MLP ratio of 4, learned positions, class token, no stochastic depth. */
  public static VisionTransformerOptions of(
      int imageSize, int patchSize, int width, int depth, int heads) {
    return new VisionTransformerOptions(
        imageSize,
        patchSize,
        3,
        width,
        depth,
        heads,
        4,
        VisionTransformer.Positions.LEARNED,
        VisionTransformer.Pool.CLASS_TOKEN,
        0,
        true);
  }

  /** Touvron et al. 2021, table 1: DeiT-Ti. */
  public static VisionTransformerOptions tiny(int imageSize, int patchSize) {
    return of(imageSize, patchSize, 192, 12, 3);
  }

  /** Touvron et al. 2021, table 1: DeiT-S. */
  public static VisionTransformerOptions small(int imageSize, int patchSize) {
    return of(imageSize, patchSize, 384, 12, 6);
  }

  /** Dosovitskiy et al. 2021, table 1: ViT-Base. */
  public static VisionTransformerOptions base(int imageSize, int patchSize) {
    return of(imageSize, patchSize, 768, 12, 12);
  }

  /** Small enough for tests and first trials: 64 wide, 4 deep, 4 heads. */
  public static VisionTransformerOptions mini(int imageSize, int patchSize) {
    return of(imageSize, patchSize, 64, 4, 4);
  }

  /** With images of {@code channels}. */
  public VisionTransformerOptions withChannels(int channels) {
    return new VisionTransformerOptions(
        imageSize, patchSize, channels, width, depth, heads, mlpRatio, positions, pool, dropPath,
        antialias);
  }

  /** With positions learned or fixed. */
  public VisionTransformerOptions withPositions(VisionTransformer.Positions positions) {
    return new VisionTransformerOptions(
        imageSize, patchSize, channels, width, depth, heads, mlpRatio, positions, pool, dropPath,
        antialias);
  }

  /** With other features. */
  public VisionTransformerOptions withPool(VisionTransformer.Pool pool) {
    return new VisionTransformerOptions(
        imageSize, patchSize, channels, width, depth, heads, mlpRatio, positions, pool, dropPath,
        antialias);
  }

  /** With stochastic depth. */
  public VisionTransformerOptions withDropPath(double dropPath) {
    return new VisionTransformerOptions(
        imageSize, patchSize, channels, width, depth, heads, mlpRatio, positions, pool, dropPath,
        antialias);
  }

  /** With positions smoothed or not where the grid shrinks. */
  public VisionTransformerOptions withAntialias(boolean antialias) {
    return new VisionTransformerOptions(
        imageSize, patchSize, channels, width, depth, heads, mlpRatio, positions, pool, dropPath,
        antialias);
  }

  /** Patches along one side of an image of {@code imageSize}. */
  public int grid() {
    return imageSize / patchSize;
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + ": it must be at least 1");
    }
  }
}
