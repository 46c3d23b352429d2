package org.selfsup4j.models;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.selfsup4j.core.encoder.AttentionEncoder;
import org.selfsup4j.core.encoder.PatchEncoder;
import org.selfsup4j.core.encoder.Patches;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.module.Buffer;
import org.selfsup4j.core.module.Convolution;
import org.selfsup4j.core.module.Initial;
import org.selfsup4j.core.module.LayerNorm;
import org.selfsup4j.core.module.NameMap;
import org.selfsup4j.core.module.Parameter;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.module.SineCosine;
import org.selfsup4j.core.module.State;
import org.selfsup4j.core.module.TransformerBlock;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Joins;
import org.selfsup4j.core.tensor.Products;
import org.selfsup4j.core.tensor.Resampling;
import org.selfsup4j.core.tensor.Rows;
import org.selfsup4j.core.tensor.ShapeException;
import org.selfsup4j.core.tensor.Tensor;

/**
 * Vision transformer (Dosovitskiy et al. 2021, "An image is worth 16x16 words", equations 1 to 4)
 * in the form of timm. Images of any size that is a whole number of patches, square or not:
 * positions are resampled to their grid.
 *
 * @param patchEmbedding a convolution whose stride is its size
 * @param classToken [1, 1, D]
 * @param positions [1, 1 + T, D], the class token's first: a parameter if learned, else a buffer
 * @param blocks over all tokens
 * @param norm over the tokens after the blocks, or over their mean: see {@link Pool}
 * @param options what the network was built of
 */
public record VisionTransformer(
    Convolution patchEmbedding,
    Parameter classToken,
    State positions,
    List<TransformerBlock> blocks,
    LayerNorm norm,
    VisionTransformerOptions options)
    implements PatchEncoder, AttentionEncoder {

  /** Where the positions come from. */
  public enum Positions {
    /** Trained with the rest, as in ViT. */
    LEARNED,
    /** Fixed sines and cosines, as in MAE: {@link SineCosine}. */
    SINE_COSINE
  }

  /** What becomes the features. */
  public enum Pool {
    /** The class token after the norm. */
    CLASS_TOKEN,
    /** The mean of the patches after the norm. */
    NORM_THEN_MEAN,
    /** The norm of the mean of the patches: timm's {@code fc_norm}; tokens stay without norm. */
    MEAN_THEN_NORM
  }

  /** Refuses positions and blocks that the options do not describe. */
  public VisionTransformer {
    blocks = List.copyOf(blocks);
    long[] table = {1, 1 + (long) options.grid() * options.grid(), options.width()};
    if (!Arrays.equals(positions.shape().toArray(), table) || blocks.size() != options.depth()) {
      throw new IllegalArgumentException(
          "positions "
              + positions.shape()
              + " and "
              + blocks.size()
              + " blocks do not fit the options: "
              + Arrays.toString(table)
              + " and "
              + options.depth()
              + " are expected");
    }
  }

  /** 192 features, 12 blocks, 3 heads: 5.5 million parameters. */
  public static VisionTransformer tiny(int imageSize, int patchSize, RandomStream random) {
    return of(VisionTransformerOptions.tiny(imageSize, patchSize), random);
  }

  /** 64 features, 4 blocks, 4 heads: 0.2 million parameters. */
  public static VisionTransformer mini(int imageSize, int patchSize, RandomStream random) {
    return of(VisionTransformerOptions.mini(imageSize, patchSize), random);
  }

  /**
   * A network of these options with the initial weights of MAE's code: Xavier-uniform matrices (the
   * patch embedding seen as one), a class token of deviation .02, zero biases; learned positions of
   * deviation .02, cut at two.
   */
  public static VisionTransformer of(VisionTransformerOptions options, RandomStream random) {
    int width = options.width();
    List<TransformerBlock> blocks = new ArrayList<>();
    for (int i = 0; i < options.depth(); i++) {
      double dropPath = options.dropPath() * i / Math.max(1, options.depth() - 1);
      TransformerBlock block =
          TransformerBlock.of(
              width, options.heads(), options.mlpRatio(), random.at("blocks").at(i));
      blocks.add(
          new TransformerBlock(
              block.norm1(), block.attention(), block.norm2(), block.mlp(), dropPath));
    }
    return new VisionTransformer(
        patchEmbedding(options, random.at("patchEmbedding")),
        Initial.normal(0.02, random.at("classToken"), 1, 1, width),
        positions(options, random.at("positions")),
        blocks,
        LayerNorm.of(width, 1e-6),
        options);
  }

  private static Convolution patchEmbedding(VisionTransformerOptions options, RandomStream random) {
    int side = options.patchSize();
    int pixels = options.channels() * side * side;
    double bound = Math.sqrt(6.0 / (pixels + options.width())); // Xavier, pixels to features
    return new Convolution(
        Initial.uniform(bound, random, options.width(), options.channels(), side, side),
        Optional.of(Initial.constant(0, options.width())),
        Window.square(side, side, 0),
        1);
  }

  private static State positions(VisionTransformerOptions options, RandomStream random) {
    int grid = options.grid();
    long[] shape = {1, 1 + (long) grid * grid, options.width()};
    return options.positions() == Positions.LEARNED
        ? Initial.truncatedNormal(0.02, random, shape)
        : Buffer.of(SineCosine.table(options.width(), grid, grid, true), shape);
  }

  /** The same network with the same parameters, from which other features are read. */
  public VisionTransformer withPool(Pool pool) {
    return new VisionTransformer(
        patchEmbedding, classToken, positions, blocks, norm, options.withPool(pool));
  }

  @Override
  public Tensor features(Tensor images, Pass pass) {
    return pass.inParts(List.of(images), (part, own) -> featuresOf(part.get(0), own));
  }

  private Tensor featuresOf(Tensor images, Pass pass) {
    return pass.session()
        .scope(
            () -> {
              Tensor tokens = embed(images, pass); // [N, T, D]
              return switch (options.pool()) { // [N, D]
                case CLASS_TOKEN -> classFeatures(tokens, pass);
                case NORM_THEN_MEAN -> patches(encode(tokens, pass)).mean(1);
                case MEAN_THEN_NORM -> norm.apply(patches(encode(tokens, pass)).mean(1), pass);
              };
            });
  }

  /** Of the last block nothing but the class token is computed. */
  private Tensor classFeatures(Tensor tokens, Pass pass) {
    int before = blocks.size() - 1;
    Tensor token = // [N, 1, D]
        pass.session()
            .scope(() -> blocks.get(before).apply(after(before, tokens, pass), 0, 1, pass));
    return norm.apply(token, pass).reshape(-1, width());
  }

  private static Tensor patches(Tensor encoded) {
    return encoded.slice(1, 1, encoded.size(1));
  }

  @Override
  public Tensor embed(Tensor images, Pass pass) {
    requireImages(images);
    Tensor patches = patchEmbedding.apply(images, pass); // [N, D, rows, columns]
    Tensor places = positions((int) patches.size(2), (int) patches.size(3), pass); // [1, 1 + T, D]
    Tensor tokens = patches.permute(0, 2, 3, 1).reshape(images.size(0), -1, width()); // [N, T, D]
    return tokens.plus(places.slice(1, 1, places.size(1)));
  }

  @Override
  public Tensor embed(Tensor images, Tensor places, Pass pass) {
    requireImages(images);
    int size = patchSize();
    Tensor pixels = Patches.chosen(images, size, places); // [N, K, size size C]
    Tensor weight = // [D, C, size, size] in the order of the pixels
        patchEmbedding.weight().in(pass).permute(0, 2, 3, 1).reshape(width(), pixels.size(2));
    Tensor bias = patchEmbedding.bias().map(b -> b.in(pass)).orElse(null);
    Tensor table = positions((int) images.size(2) / size, (int) images.size(3) / size, pass);
    Tensor grid = table.slice(1, 1, table.size(1)).reshape(-1, width()); // [T, D]
    return Products.linear(pixels, weight, bias).plus(Rows.gather(grid, places));
  }

  @Override
  public Tensor encode(Tensor tokens, Pass pass) {
    return pass.inParts(List.of(tokens), (part, own) -> encoded(part.get(0), own));
  }

  private Tensor encoded(Tensor tokens, Pass pass) {
    return pass.session()
        .scope(
            () -> {
              Tensor encoded = after(blocks.size(), tokens, pass); // [N, 1 + K, D]
              return options.pool() == Pool.MEAN_THEN_NORM ? encoded : norm.apply(encoded, pass);
            });
  }

  @Override
  public boolean treatsImagesAlone() {
    return true;
  }

  @Override
  public Tensor attention(Tensor images, Pass pass) {
    TransformerBlock last = blocks.get(blocks.size() - 1);
    Tensor weights = // [N, heads, 1 + T, 1 + T]
        pass.session()
            .scope(
                () -> {
                  Tensor tokens = after(blocks.size() - 1, embed(images, pass), pass);
                  return last.attention().weights(last.norm1().apply(tokens, pass), pass);
                });
    return weights
        .slice(2, 0, 1) // what the class token asks
        .slice(3, 1, weights.size(3)) // of the patches
        .reshape(
            images.size(0),
            options.heads(),
            images.size(2) / patchSize(),
            images.size(3) / patchSize());
  }

  /**
   * The tokens as the first block is given them.
   *
   * @param tokens [N, K, D] of {@link #embed}
   * @return [N, 1 + K, D]: the class token with its position in front
   */
  public Tensor withClassToken(Tensor tokens, Pass pass) {
    Tensor first = classToken.in(pass).plus(positions.in(pass).slice(1, 0, 1)); // [1, 1, D]
    return Joins.concatenate(1, first.broadcast(tokens.size(0), 1, width()), tokens);
  }

  /** The first blocks, each in a scope that holds the scope of the one before it. */
  private Tensor after(int count, Tensor tokens, Pass pass) {
    if (count == 0) {
      return withClassToken(tokens, pass);
    }
    // Where no tape runs, a block's result is given back as soon as the next one's is there.
    return pass.session()
        .scope(() -> blocks.get(count - 1).apply(after(count - 1, tokens, pass), pass));
  }

  /**
   * Positions for images of {@code rows x columns} patches: those of {@link #imageSize}, or
   * resampled from them (bicubic), with gradients back to them. The class token's stays.
   *
   * @return [1, 1 + rows x columns, D]
   */
  public Tensor positions(int rows, int columns, Pass pass) {
    Tensor table = positions.in(pass);
    int grid = options.grid();
    if (rows == grid && columns == grid) {
      return table;
    }
    Tensor maps =
        table
            .slice(1, 1, table.size(1))
            .reshape(1, grid, grid, width())
            .permute(0, 3, 1, 2); // [1, D, grid, grid]
    Tensor resized =
        Resampling.resize(
            maps, rows, columns, Resampling.Interpolation.BICUBIC, options.antialias());
    Tensor grown = resized.permute(0, 2, 3, 1).reshape(1, -1, width()); // [1, rows x columns, D]
    return Joins.concatenate(1, table.slice(1, 0, 1), grown);
  }

  private void requireImages(Tensor images) {
    if (images.rank() != 4 || images.size(1) != channels()) {
      throw new ShapeException(
          "images must be [N, "
              + channels()
              + ", H, W], got "
              + images.shape()
              + ": convert the images, or build the encoder with their number of channels");
    }
    requireWholePatches(images.size(2), patchSize());
    requireWholePatches(images.size(3), patchSize());
  }

  static void requireWholePatches(long side, int patchSize) {
    long below = side / patchSize * patchSize;
    if (side < 1 || below != side) {
      throw new ShapeException(
          "image side "
              + side
              + " is not a multiple of the patch size "
              + patchSize
              + ": resize the images to "
              + (below > 0 ? below + " or " : "")
              + (below + patchSize)
              + ", or choose another patch size");
    }
  }

  @Override
  public int width() {
    return options.width();
  }

  @Override
  public int channels() {
    return options.channels();
  }

  @Override
  public int patchSize() {
    return options.patchSize();
  }

  @Override
  public int imageSize() {
    return options.imageSize();
  }

  /** What timm calls the parts: {@code blocks.0.attn.qkv.weight}. */
  public NameMap timmNames() {
    return new TimmVisionTransformerNames(options.pool() == Pool.MEAN_THEN_NORM);
  }
}
