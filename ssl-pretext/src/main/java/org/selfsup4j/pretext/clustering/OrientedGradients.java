package org.selfsup4j.pretext.clustering;

import java.util.Arrays;
import org.selfsup4j.core.data.Image;

/**
 * Histograms of oriented gradients (Dalal and Triggs 2005, "Histograms of oriented gradients for
 * human detection", section 6): a descriptor made by hand. With the channel of the largest gradient
 * at each pixel, differences [-1, 0, 1], orientations without sign, blocks of 2x2 cells that
 * overlap by half. A pixel votes with the length of its gradient for two orientations and up to
 * four cells of the block, linearly by its distance to their middles, weighted by a Gaussian of
 * half the block's side; the block is divided by its length, cut at .2 and divided again (L2-Hys).
 *
 * @param cell side of a cell in pixels
 * @param orientations bins from 0 to 180 degrees
 */
public record OrientedGradients(int cell, int orientations) {

  private static final double CUT = 0.2; // L2-Hys: section 6.4
  private static final double SMALL = 1e-3; // epsilon of the lengths, for gradients of [0, 1]

  /** Checks the ranges. */
  public OrientedGradients {
    if (cell < 2 || orientations < 2) {
      throw new IllegalArgumentException(
          "cell is " + cell + " and orientations " + orientations + ": both must be at least 2");
    }
  }

  /** Cells of 8 pixels and 9 orientations, as in the paper. */
  public static OrientedGradients paper() {
    return new OrientedGradients(8, 9);
  }

  /** How many numbers describe an image of this size. */
  public int width(int height, int width) {
    return blocks(height) * blocks(width) * 4 * orientations;
  }

  private int blocks(int side) {
    int blocks = side / cell - 1;
    if (blocks < 1) {
      throw new IllegalArgumentException(
          "an image side of "
              + side
              + " pixels has no block of two cells of "
              + cell
              + ": resize the images to at least "
              + 2 * cell);
    }
    return blocks;
  }

  /**
   * Describes an image of any number of channels; what is left beside whole cells is not looked at.
   *
   * @return block by block in rows; in a block cell by cell in rows; in a cell by orientation
   */
  public float[] of(Image image) {
    Image floats = image.toFloat();
    int rows = blocks(image.height());
    int columns = blocks(image.width());
    float[] pixels = new float[image.height() * image.width() * image.channels()];
    floats.writeTo(pixels, 0);
    double[][] gradients = gradients(pixels, image.height(), image.width(), image.channels());
    float[] all = new float[width(image.height(), image.width())];
    double[] block = new double[4 * orientations];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        vote(gradients, image.width(), row * cell, column * cell, block);
        normalize(block);
        int to = (row * columns + column) * block.length;
        for (int i = 0; i < block.length; i++) {
          all[to + i] = (float) block[i];
        }
      }
    }
    return all;
  }

  /** Length, and angle in bins, of each pixel; beyond the border lies the border's pixel. */
  private double[][] gradients(float[] pixels, int height, int width, int channels) {
    double[][] gradients = new double[2][height * width];
    for (int y = 0; y < height; y++) {
      int up = Math.max(0, y - 1) * width;
      int down = Math.min(height - 1, y + 1) * width;
      for (int x = 0; x < width; x++) {
        int left = y * width + Math.max(0, x - 1);
        int right = y * width + Math.min(width - 1, x + 1);
        double most = -1;
        double angle = 0;
        for (int c = 0; c < channels; c++) {
          double dx = pixels[right * channels + c] - pixels[left * channels + c];
          double dy = pixels[(down + x) * channels + c] - pixels[(up + x) * channels + c];
          double square = dx * dx + dy * dy;
          if (square > most) {
            most = square;
            angle = Math.atan2(dy, dx) / Math.PI; // in [-1, 1]
          }
        }
        gradients[0][y * width + x] = Math.sqrt(most);
        gradients[1][y * width + x] = (angle < 0 ? angle + 1 : angle) * orientations - 0.5;
      }
    }
    return gradients;
  }

  private void vote(double[][] gradients, int width, int top, int left, double[] block) {
    Arrays.fill(block, 0);
    double deviation = cell; // half the side of a block: section 6.4
    for (int y = 0; y < 2 * cell; y++) {
      for (int x = 0; x < 2 * cell; x++) {
        int pixel = (top + y) * width + left + x;
        double down = y + 0.5 - cell; // from the middle of the block
        double across = x + 0.5 - cell;
        double weight =
            gradients[0][pixel]
                * Math.exp(-(down * down + across * across) / (2 * deviation * deviation));
        int bin = (int) Math.floor(gradients[1][pixel]);
        double second = gradients[1][pixel] - bin;
        for (int part = 0; part < 4; part++) {
          double share = share(down, part / 2) * share(across, part % 2) * weight;
          int from = part * orientations;
          block[from + Math.floorMod(bin, orientations)] += share * (1 - second);
          block[from + Math.floorMod(bin + 1, orientations)] += share * second;
        }
      }
    }
  }

  /** Of a pixel so far from the block's middle, for its first or second cell. */
  private double share(double fromMiddle, int which) {
    double middle = (which - 0.5) * cell;
    return Math.max(0, 1 - Math.abs(fromMiddle - middle) / cell);
  }

  private static void normalize(double[] block) {
    divide(block);
    for (int i = 0; i < block.length; i++) {
      block[i] = Math.min(CUT, block[i]);
    }
    divide(block);
  }

  private static void divide(double[] block) {
    double square = SMALL * SMALL;
    for (double value : block) {
      square += value * value;
    }
    double length = Math.sqrt(square);
    for (int i = 0; i < block.length; i++) {
      block[i] /= length;
    }
  }
}
