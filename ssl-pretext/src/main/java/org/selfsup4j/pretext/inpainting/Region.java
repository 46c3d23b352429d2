package org.selfsup4j.pretext.inpainting;

import java.util.Arrays;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.Interpolation;
import org.selfsup4j.core.random.RandomStream;

/** What is taken out of an image, and which square of it is guessed (section 3.3). */
public sealed interface Region {

  /**
   * Side of the square that the decoder guesses, in the middle of the image.
   *
   * @param imageSize side of the image
   */
  int predictedSize(int imageSize);

  /**
   * What is hidden of one image, at most the predicted square.
   *
   * @param imageSize side of the image
   * @param overlap pixels at the border of a region that are guessed although they are seen
   * @return [imageSize, imageSize] in row-major order
   */
  boolean[] hidden(int imageSize, int overlap, RandomStream random);

  /**
   * The middle of the image, half as wide and high as it (figure 3a); what is hidden is smaller by
   * the overlap on each side.
   */
  record Centre() implements Region {
    @Override
    public int predictedSize(int imageSize) {
      return imageSize / 2;
    }

    @Override
    public boolean[] hidden(int imageSize, int overlap, RandomStream random) {
      int size = predictedSize(imageSize);
      int from = (imageSize - size) / 2 + overlap;
      boolean[] hidden = new boolean[imageSize * imageSize];
      fill(hidden, imageSize, from, from, size - 2 * overlap);
      return hidden;
    }
  }

  /**
   * Squares of an eighth to a quarter of the side at random places (figure 3b), which may overlap;
   * one that would hide more than a quarter of the image in all is left out.
   *
   * @param count how many are drawn, at least 1
   */
  record Blocks(int count) implements Region {

    /** Checks the count. */
    public Blocks {
      if (count < 1) {
        throw new IllegalArgumentException("count is " + count + " blocks: draw at least 1");
      }
    }

    @Override
    public int predictedSize(int imageSize) {
      return imageSize;
    }

    @Override
    public boolean[] hidden(int imageSize, int overlap, RandomStream random) {
      int smallest = Math.max(1, imageSize / 8);
      int largest = Math.max(1, imageSize / 4);
      boolean[] hidden = new boolean[imageSize * imageSize];
      int covered = 0;
      for (int i = 0; i < count; i++) {
        RandomStream own = random.at(i);
        int side = smallest + own.nextInt(largest - smallest + 1);
        boolean[] more = hidden.clone();
        int top = own.nextInt(imageSize - side + 1);
        int added = fill(more, imageSize, top, own.nextInt(imageSize - side + 1), side);
        if (4 * (covered + added) <= hidden.length) {
          hidden = more;
          covered += added;
        }
      }
      return hidden;
    }
  }

  /**
   * Regions of random shape (figure 3c): where smooth noise is lowest.
   *
   * @param share part of the image that is hidden, in (0, 1)
   * @param cells draws of the noise along a side, 2 or more: more of them make smaller regions
   */
  record Shapes(double share, int cells) implements Region {

    /** Checks the ranges. */
    public Shapes {
      if (!(share > 0 && share < 1)) {
        throw new IllegalArgumentException(
            "share is " + share + ": it must be between 0 and 1, usually .25");
      }
      if (cells < 2) {
        throw new IllegalArgumentException(
            "cells is " + cells + ": noise of less than 2 cells is the same everywhere");
      }
    }

    @Override
    public int predictedSize(int imageSize) {
      return imageSize;
    }

    @Override
    public boolean[] hidden(int imageSize, int overlap, RandomStream random) {
      float[] draws = new float[cells * cells];
      for (int i = 0; i < draws.length; i++) {
        draws[i] = random.nextFloat();
      }
      float[] noise =
          Image.ofFloats(cells, cells, 1, draws)
              .resize(imageSize, imageSize, Interpolation.BICUBIC, false)
              .toFloats();
      float[] sorted = noise.clone();
      Arrays.sort(sorted);
      int count = (int) Math.min(noise.length - 1, Math.max(1, Math.round(share * noise.length)));
      boolean[] hidden = new boolean[noise.length];
      for (int i = 0; i < noise.length; i++) {
        hidden[i] = noise[i] < sorted[count];
      }
      return hidden;
    }
  }

  /** Sets a square; returns how many of its pixels were not set before. */
  private static int fill(boolean[] pixels, int width, int top, int left, int side) {
    int added = 0;
    for (int y = top; y < top + side; y++) {
      for (int x = left; x < left + side; x++) {
        added += pixels[y * width + x] ? 0 : 1;
        pixels[y * width + x] = true;
      }
    }
    return added;
  }
}
