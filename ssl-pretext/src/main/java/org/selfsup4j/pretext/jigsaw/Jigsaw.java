package org.selfsup4j.pretext.jigsaw;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.Normalize;
import org.selfsup4j.core.data.RandomCrop;
import org.selfsup4j.core.data.ResizeShorterSide;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.module.Linear;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.ImageTask;
import org.selfsup4j.core.task.Loss;
import org.selfsup4j.core.task.Step;
import org.selfsup4j.core.tensor.Activations;
import org.selfsup4j.core.tensor.Losses;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.pretext.parts.FirstAxes;
import org.selfsup4j.pretext.parts.Fitting;
import org.selfsup4j.pretext.parts.ProjectionHead;

/**
 * Jigsaw puzzles (Noroozi and Favaro 2016, "Unsupervised learning of visual representations by
 * solving jigsaw puzzles") and Jigsaw++ (Noroozi, Vinjimoor, Favaro and Pirsiavash 2018, "Boosting
 * self-supervised learning via knowledge transfer"): in which of a set of orders do the tiles of an
 * image lie? The encoder sees one tile at a time; only behind it the tiles meet. Equations and
 * deviations are in the package's description.
 *
 * @param encoder of one tile, the same for all
 * @param perTile features of a tile to what is joined: fc6 of the context-free network
 * @param head the joined tiles to the orders: fc7 and fc8
 * @param permutations the orders
 * @param options how puzzles are made
 */
public record Jigsaw(
    ImageEncoder encoder,
    Linear perTile,
    ProjectionHead head,
    PermutationSet permutations,
    Options options)
    implements ImageTask<Jigsaw.Example, Jigsaw.Batch> {

  /**
   * How puzzles are made, and how wide the network behind the encoder is.
   *
   * @param tileWidth of what is joined of each tile, where {@link #of} makes the network: fc6
   * @param hidden width behind the joined tiles: fc7
   * @param grid how an image is cut
   * @param permutations how many orders there are
   * @param foreignTiles 0 to this many tiles, each number equally likely, are those of another
   *     image at the same places; 0 is Jigsaw, 2 is Jigsaw++
   * @param grayscale part of the puzzles that is gray
   * @param channelShift by up to how many pixels the channels of a colored tile are moved against
   *     each other, against chromatic aberration; no more than the gap
   * @param augmentation before the cut; gives squares of the grid's side, and does not normalise
   * @param normalization of each tile, at last: {@link StandardizeTile} in the papers
   */
  public record Options(
      int tileWidth,
      int hidden,
      TileGrid grid,
      int permutations,
      int foreignTiles,
      double grayscale,
      int channelShift,
      Augmentation augmentation,
      Augmentation normalization) {

    /** Checks what fits together. */
    public Options {
      if (tileWidth < 1 || hidden < 1) {
        throw new IllegalArgumentException(
            "tileWidth is " + tileWidth + ", hidden " + hidden + ": both must be at least 1");
      }
      PermutationSet.requireExist(grid.tiles(), permutations);
      if (foreignTiles < 0 || foreignTiles > grid.tiles() - 2) {
        throw new IllegalArgumentException(
            "foreignTiles is "
                + foreignTiles
                + " of "
                + grid.tiles()
                + " tiles: it must be 0 or more, and leave 2 of the image's own");
      }
      if (!(grayscale >= 0 && grayscale <= 1)) {
        throw new IllegalArgumentException("grayscale is " + grayscale + ": it must lie in [0, 1]");
      }
      if (channelShift < 0 || channelShift > grid.gap()) {
        throw new IllegalArgumentException(
            "channelShift is "
                + channelShift
                + " with a gap of "
                + grid.gap()
                + ": it must lie between 0 and the gap, or channels would leave their cells");
      }
    }

    /**
     * Jigsaw as published, for photos of 256 pixels and more: layers of 512 a tile and 4,096, tiles
     * of 64 of cells of 75, 1,000 permutations, 30% gray, channels moved by up to 2 pixels.
     */
    public static Options paper() {
      return new Options(
          512,
          4096,
          TileGrid.paper(),
          1000,
          0,
          0.3,
          2,
          ResizeShorterSide.of(256).then(RandomCrop.of(225, 0)),
          new StandardizeTile());
    }

    /**
     * For small photos, at CIFAR's 32 pixels with a window of 30, cells of 10 and tiles of 8; see
     * {@link #forSide}. Tiles keep their brightness and color, which small photos are told apart
     * by: normalised one by one they would make the encoder blind to them. Channels are not moved.
     *
     * @param side 17 pixels or more
     * @param data normalisation of the data's pixels
     */
    public static Options small(int side, Normalize data) {
      return forSide(side).withNormalization(data).withChannelShift(0);
    }

    /**
     * For photos whose shorter side is brought to {@code side}, in the paper's proportions, with
     * layers of 128 a tile and 512: a window 2 to 4 pixels smaller, cells of a third of it, tiles
     * of 64/75 of a cell cut down to a multiple of 4, anywhere in the cell; 100 permutations, 30%
     * gray, channels moved by up to 2/64 of a tile, which is nothing below 16 pixels.
     *
     * @param side 17 pixels or more
     */
    public static Options forSide(int side) {
      int cell = (side - 2) / 3;
      int tile = cell * 64 / 75 / 4 * 4;
      if (tile < 4) {
        throw new IllegalArgumentException(
            "side is " + side + ": cells of " + cell + " pixels are too small, use 17 or more");
      }
      int gap = cell - tile;
      return new Options(
          128,
          512,
          new TileGrid(3 * cell, 3, gap, gap),
          100,
          0,
          0.3,
          (int) Math.min(gap, Math.round(tile * 2 / 64.0)),
          ResizeShorterSide.of(side).then(RandomCrop.of(3 * cell, 0)),
          new StandardizeTile());
    }

    /**
     * The same puzzles as Jigsaw++ makes them (section "The Jigsaw++ Pretext Task"): up to 2 tiles
     * of another image, 701 permutations of least distance 3 or more, 70% gray.
     */
    public Options plusPlus() {
      return withForeignTiles(2).withPermutations(701).withGrayscale(0.7);
    }

    /** The same with layers of other widths. */
    public Options withWidths(int tileWidth, int hidden) {
      return with(
          copy -> {
            copy.tileWidth = tileWidth;
            copy.hidden = hidden;
          });
    }

    /** The same with another grid. */
    public Options withGrid(TileGrid grid) {
      return with(copy -> copy.grid = grid);
    }

    /** The same with another number of permutations. */
    public Options withPermutations(int permutations) {
      return with(copy -> copy.permutations = permutations);
    }

    /** The same with up to so many tiles of another image. */
    public Options withForeignTiles(int foreignTiles) {
      return with(copy -> copy.foreignTiles = foreignTiles);
    }

    /** The same with another part of gray puzzles. */
    public Options withGrayscale(double grayscale) {
      return with(copy -> copy.grayscale = grayscale);
    }

    /** The same with channels moved by up to so many pixels. */
    public Options withChannelShift(int channelShift) {
      return with(copy -> copy.channelShift = channelShift);
    }

    /** The same with another augmentation. */
    public Options withAugmentation(Augmentation augmentation) {
      return with(copy -> copy.augmentation = augmentation);
    }

    /** The same with another normalisation of tiles. */
    public Options withNormalization(Augmentation normalization) {
      return with(copy -> copy.normalization = normalization);
    }

    /** Whether puzzles are made of colors. */
    boolean needsColors() {
      return grayscale > 0 || channelShift > 0;
    }

    /** The same but for what {@code change} sets. */
    private Options with(Consumer<Copy> change) {
      Copy copy = new Copy(this);
      change.accept(copy);
      return copy.options();
    }

    /** The components, each of which may be set once more. */
    private static final class Copy {
      private int tileWidth;
      private int hidden;
      private TileGrid grid;
      private int permutations;
      private int foreignTiles;
      private double grayscale;
      private int channelShift;
      private Augmentation augmentation;
      private Augmentation normalization;

      Copy(Options options) {
        tileWidth = options.tileWidth;
        hidden = options.hidden;
        grid = options.grid;
        permutations = options.permutations;
        foreignTiles = options.foreignTiles;
        grayscale = options.grayscale;
        channelShift = options.channelShift;
        augmentation = options.augmentation;
        normalization = options.normalization;
      }

      Options options() {
        return new Options(
            tileWidth,
            hidden,
            grid,
            permutations,
            foreignTiles,
            grayscale,
            channelShift,
            augmentation,
            normalization);
      }
    }
  }

  /** Tiles in the order of a permutation, and its number. */
  public record Example(List<Image> tiles, int permutation) {}

  /** Tiles [K, N, C, h, w] and permutations [N]. */
  public record Batch(Tensor tiles, Tensor permutation) {}

  /** Refuses orders that do not fit the puzzle, and colors where the encoder sees none. */
  public Jigsaw {
    if (permutations.tiles() != options.grid().tiles()
        || permutations.size() != options.permutations()) {
      throw new IllegalArgumentException(
          "the permutations are "
              + permutations
              + ", the options ask for "
              + options.permutations()
              + " of "
              + options.grid().tiles()
              + ": make them with PermutationSet.greedy");
    }
    if (permutations.leastDistance() <= options.foreignTiles()) {
      throw new IllegalArgumentException(
          "foreignTiles is "
              + options.foreignTiles()
              + ", but two permutations differ in only "
              + permutations.leastDistance()
              + " places: with these hidden no one could tell them apart; use fewer permutations");
    }
    int side = options.grid().tileSide();
    Fitting.requireWholePatches("tiles", side, side, encoder);
    Fitting.requireFeatures("the layer of a tile", perTile.inputs(), encoder);
    Fitting.requireEqual(
        permutations.tiles() + " tiles have",
        permutations.tiles() * perTile.outputs(),
        "the head takes",
        head.width());
    Fitting.requireLogits("the head", head.dimension(), permutations.size(), "permutations");
    if (options.needsColors() && encoder.channels() != 3) {
      throw new IllegalArgumentException(
          "grayscale "
              + options.grayscale()
              + " and channelShift "
              + options.channelShift()
              + " need images of 3 channels, the encoder takes "
              + encoder.channels()
              + ": set both to 0, or choose an encoder of colors");
    }
  }

  /** With a fresh head, and permutations drawn from {@code random}. */
  public static Jigsaw of(ImageEncoder encoder, Options options, RandomStream random) {
    int width = options.tileWidth();
    int tiles = options.grid().tiles();
    int orders = options.permutations();
    return new Jigsaw(
        encoder,
        Linear.of(encoder.width(), width, random.at("perTile")),
        ProjectionHead.of(random.at("head"), tiles * width, options.hidden(), orders),
        PermutationSet.greedy(tiles, orders, random.at("permutations")),
        options);
  }

  @Override
  public void check(int batchSize, Source<Image> source) {
    if (options.foreignTiles() > 0) {
      source.requireIndexed(
          "foreignTiles is " + options.foreignTiles() + " and another image is drawn");
    }
    check(batchSize, source.size());
  }

  @Override
  public void check(int batchSize, long samples) {
    if (options.foreignTiles() > 0 && samples < 2) {
      throw new IllegalArgumentException(
          "foreignTiles is "
              + options.foreignTiles()
              + ", but the data has "
              + samples
              + " image: tiles of another image need at least 2");
    }
  }

  @Override
  public Example example(Sample<Image> sample, RandomStream random) {
    return Puzzle.of(this, sample, random);
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Pass pass = step.pass();
    Tensor features = features(batch.tiles(), pass); // [K N, D]
    Tensor logits = solved(features, batch.tiles().size(0), pass); // [N, permutations]
    return Loss.of(Losses.crossEntropy(logits, batch.permutation()))
        .with("accuracy", Losses.accuracy(logits, batch.permutation()))
        .watch("features", features);
  }

  /**
   * How likely each order is.
   *
   * @param tiles [K, N, C, h, w]
   * @return [N, permutations]
   */
  public Tensor logits(Tensor tiles, Pass pass) {
    return solved(features(tiles, pass), tiles.size(0), pass);
  }

  private Tensor features(Tensor tiles, Pass pass) {
    return encoder.features(FirstAxes.merged(tiles), pass); // [K N, D]
  }

  private Tensor solved(Tensor features, long k, Pass pass) {
    Tensor codes = Activations.relu(perTile.apply(features, pass)); // [K N, d]
    long n = codes.size(0) / k;
    long d = codes.size(1);
    Tensor joined = codes.reshape(k, n, d).permute(1, 0, 2).reshape(n, k * d); // [N, K d]
    return head.apply(joined, pass);
  }

  @Override
  public Map<String, Tensor> pictures(Batch batch, Pass pass) {
    return Solution.pictures(this, batch, pass);
  }
}
