package org.selfsup4j.pretext.jigsaw;

import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.random.RandomStream;

/**
 * How a square image is cut: into rows and columns of square cells, and out of each cell a square
 * tile smaller than it, at a place that differs from tile to tile. Neighbours then never share an
 * edge that could be continued.
 *
 * @param side of the image in pixels; a multiple of {@code rows}
 * @param rows of the grid, and its columns
 * @param gap by how much a tile's side is smaller than its cell's, in pixels
 * @param jitter by how much a tile may move in its cell, 0 to {@code gap} pixels; the rest of the
 *     gap is never seen
 */
public record TileGrid(int side, int rows, int gap, int jitter) {

  /** Refuses sizes that do not divide, and tiles that would be empty or leave their cell. */
  public TileGrid {
    if (rows < 2 || rows > 4) {
      throw new IllegalArgumentException("rows is " + rows + ": a puzzle has 2, 3 or 4");
    }
    if (side < rows || side % rows != 0) {
      throw new IllegalArgumentException(
          "a side of "
              + side
              + " pixels does not divide into "
              + rows
              + " cells: choose "
              + Math.max(1, side / rows) * rows
              + " or "
              + (side / rows + 1) * rows);
    }
    if (gap < 0 || gap >= side / rows) {
      throw new IllegalArgumentException(
          "gap is "
              + gap
              + " in cells of "
              + side / rows
              + " pixels: it must be 0 or more, and leave a tile of at least 1 pixel");
    }
    if (jitter < 0 || jitter > gap) {
      throw new IllegalArgumentException(
          "jitter is "
              + jitter
              + " with a gap of "
              + gap
              + ": it must lie between 0 and the gap, or tiles would leave their cells");
    }
  }

  /** 225 pixels, 3 x 3 cells of 75, tiles of 64 anywhere in them: section "Training the CFN". */
  public static TileGrid paper() {
    return new TileGrid(225, 3, 11, 11);
  }

  /** How many tiles there are. */
  public int tiles() {
    return rows * rows;
  }

  /** Side of a cell in pixels. */
  public int cell() {
    return side / rows;
  }

  /** Side of a tile in pixels. */
  public int tileSide() {
    return cell() - gap;
  }

  /**
   * A tile of each cell at a random place of it.
   *
   * @param index of the cell, row by row
   * @param channelShift by how many pixels each channel is moved besides, down and across, as far
   *     as its cell reaches; 0 leaves channels together
   */
  public Image cut(Image image, int index, int channelShift, RandomStream random) {
    int least = (gap - jitter) / 2;
    int top = least + random.nextInt(jitter + 1);
    int left = least + random.nextInt(jitter + 1);
    int[] tops = new int[image.channels()];
    int[] lefts = new int[image.channels()];
    for (int c = 0; c < tops.length; c++) {
      tops[c] = inCell(top + shift(channelShift, random));
      lefts[c] = inCell(left + shift(channelShift, random));
    }
    return tile(image, index, tops, lefts);
  }

  private static int shift(int most, RandomStream random) {
    return most == 0 ? 0 : random.nextInt(2 * most + 1) - most;
  }

  private int inCell(int offset) {
    return Math.min(gap, Math.max(0, offset));
  }

  /** The tile of a cell whose channel {@code c} begins at {@code tops[c], lefts[c]} in the cell. */
  Image tile(Image image, int index, int[] tops, int[] lefts) {
    requireSide(image);
    int channels = image.channels();
    int size = tileSide();
    int cell = cell();
    float[] from = image.crop(index / rows * cell, index % rows * cell, cell, cell).toFloats();
    float[] pixels = new float[size * size * channels];
    for (int c = 0; c < channels; c++) {
      int start = (tops[c] * cell + lefts[c]) * channels + c;
      for (int y = 0; y < size; y++) {
        for (int x = 0; x < size; x++) {
          pixels[(y * size + x) * channels + c] = from[start + (y * cell + x) * channels];
        }
      }
    }
    return Image.ofFloats(size, size, channels, pixels);
  }

  private void requireSide(Image image) {
    if (image.height() != side || image.width() != side) {
      throw new IllegalArgumentException(
          "a puzzle of "
              + side
              + "x"
              + side
              + " pixels cannot be cut out of "
              + image
              + ": let the augmentation crop squares of "
              + side);
    }
  }
}
