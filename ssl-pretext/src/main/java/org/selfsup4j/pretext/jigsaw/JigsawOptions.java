package org.selfsup4j.pretext.jigsaw;

import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Normalize;
import org.selfsup4j.core.data.RandomCrop;
import org.selfsup4j.core.data.ResizeShorterSide;

/**
 * How puzzles are made.
 *
 * @param grid how an image is cut
 * @param permutations how many orders there are
 * @param foreignTiles 0 to this many tiles, each number equally likely, are those of another image
 *     at the same places; 0 is Jigsaw, 2 is Jigsaw++
 * @param grayscale part of the puzzles that is gray
 * @param channelShift by up to how many pixels the channels of a colored tile are moved against
 *     each other, against chromatic aberration; no more than the gap
 * @param augmentation before the cut; gives squares of the grid's side, and does not normalise
 * @param normalization of each tile, at last: {@link StandardizeTile} in the papers
 */
public record JigsawOptions(
    TileGrid grid,
    int permutations,
    int foreignTiles,
    double grayscale,
    int channelShift,
    Augmentation augmentation,
    Augmentation normalization) {

  /** Checks what fits together. */
  public JigsawOptions {
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
   * Jigsaw as published, for photos of 256 pixels and more: tiles of 64 of cells of 75, 1,000
   * permutations, 30% gray, channels moved by up to 2 pixels.
   */
  public static JigsawOptions paper() {
    return new JigsawOptions(
        TileGrid.paper(),
        1000,
        0,
        0.3,
        2,
        ResizeShorterSide.of(256).then(RandomCrop.of(225, 0)),
        new StandardizeTile());
  }

  /**
   * For CIFAR's 32 pixels: a window of 30, cells of 10 and tiles of 8; see {@link #forSide}. Tiles
   * keep their brightness and color, which small photos are told apart by: normalised one by one
   * they would make the encoder blind to them.
   *
   * @param data normalisation of the data's pixels
   */
  public static JigsawOptions small(Normalize data) {
    return forSide(32).withNormalization(data);
  }

  /**
   * For photos whose shorter side is brought to {@code side}, in the paper's proportions: a window
   * 2 to 4 pixels smaller, cells of a third of it, tiles of 64/75 of a cell cut down to a multiple
   * of 4, anywhere in the cell; 100 permutations, 30% gray, channels moved by up to 2/64 of a tile,
   * which is nothing below 16 pixels.
   *
   * @param side 17 pixels or more
   */
  public static JigsawOptions forSide(int side) {
    int cell = (side - 2) / 3;
    int tile = cell * 64 / 75 / 4 * 4;
    if (tile < 4) {
      throw new IllegalArgumentException(
          "side is " + side + ": cells of " + cell + " pixels are too small, use 17 or more");
    }
    int gap = cell - tile;
    return new JigsawOptions(
        new TileGrid(3 * cell, 3, gap, gap),
        100,
        0,
        0.3,
        (int) Math.min(gap, Math.round(tile * 2 / 64.0)),
        ResizeShorterSide.of(side).then(RandomCrop.of(3 * cell, 0)),
        new StandardizeTile());
  }

  /**
   * The same puzzles as Jigsaw++ makes them (section "The Jigsaw++ Pretext Task"): up to 2 tiles of
   * another image, 701 permutations of least distance 3 or more, 70% gray.
   */
  public JigsawOptions plusPlus() {
    return withForeignTiles(2).withPermutations(701).withGrayscale(0.7);
  }

  /** The same with another grid. */
  public JigsawOptions withGrid(TileGrid other) {
    return new JigsawOptions(
        other, permutations, foreignTiles, grayscale, channelShift, augmentation, normalization);
  }

  /** The same with another number of permutations. */
  public JigsawOptions withPermutations(int count) {
    return new JigsawOptions(
        grid, count, foreignTiles, grayscale, channelShift, augmentation, normalization);
  }

  /** The same with up to {@code most} tiles of another image. */
  public JigsawOptions withForeignTiles(int most) {
    return new JigsawOptions(
        grid, permutations, most, grayscale, channelShift, augmentation, normalization);
  }

  /** The same with another part of gray puzzles. */
  public JigsawOptions withGrayscale(double part) {
    return new JigsawOptions(
        grid, permutations, foreignTiles, part, channelShift, augmentation, normalization);
  }

  /** The same with channels moved by up to {@code pixels}. */
  public JigsawOptions withChannelShift(int pixels) {
    return new JigsawOptions(
        grid, permutations, foreignTiles, grayscale, pixels, augmentation, normalization);
  }

  /** The same with another augmentation. */
  public JigsawOptions withAugmentation(Augmentation other) {
    return new JigsawOptions(
        grid, permutations, foreignTiles, grayscale, channelShift, other, normalization);
  }

  /** The same with another normalisation of tiles. */
  public JigsawOptions withNormalization(Augmentation other) {
    return new JigsawOptions(
        grid, permutations, foreignTiles, grayscale, channelShift, augmentation, other);
  }

  /** Whether puzzles are made of colors. */
  boolean needsColors() {
    return grayscale > 0 || channelShift > 0;
  }
}
