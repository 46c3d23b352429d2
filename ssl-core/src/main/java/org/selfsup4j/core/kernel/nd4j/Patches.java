package org.selfsup4j.core.kernel.nd4j;

import java.util.List;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/**
 * The matrix of patches of a few images at a time, [groups, n H' W', height width C / groups]: row
 * after row what the window sees.
 */
final class Patches {

  /** The largest matrix, in elements: 32 MB of floats. */
  private static final long LARGEST = 1L << 23;

  private final Ops ops;
  private final Window window;
  private final int groups;
  private final List<Tap> taps;
  private final long rows; // H'
  private final long columns; // W'
  private final int points;
  private final long channels; // of one group
  private final long images;
  private final boolean covered; // every window lies inside the image
  private final ElementType type;
  private final Scratch scratch;
  private Block memory; // [G, n, H', W', points, C/G]

  Patches(Ops ops, Scratch scratch, Window window, int groups, Block image, Block result) {
    this.ops = ops;
    this.window = window;
    this.groups = groups;
    this.taps = Tap.of(window, image, result);
    this.rows = result.size(2);
    this.columns = result.size(3);
    this.points = window.height() * window.width();
    this.channels = image.size(1) / groups;
    long each = Math.max(1, rows * columns * points * image.size(1));
    this.images = Math.max(1, Math.min(image.size(0), LARGEST / each));
    this.covered = Tap.cover(window, taps, result);
    this.type = image.type();
    this.scratch = scratch;
  }

  /** How many images go through at a time. */
  long images() {
    return images;
  }

  /** The matrix for {@code n} images with arbitrary content. */
  Block empty(long n) {
    return part(n).reshape(groups, n * rows * columns, points * channels);
  }

  /** [G, n, H', W', points, C/G]. */
  private Block part(long n) {
    if (memory == null) {
      memory = scratch.rows(type, groups, images, rows, columns, points, channels);
    }
    return memory.slice(1, 0, n);
  }

  /** The part of x that is its own matrix of patches, or null: windows of one point. */
  Block direct(Block x) {
    return covered && points == 1 ? view(groups, taps.get(0).image(x)) : null;
  }

  /** The matrix of patches of x [n, C, H, W]; 0 where a window leaves the image. */
  Block gather(Block x) {
    Block itself = direct(x);
    if (itself != null) {
      return itself;
    }
    Block matrix = part(x.size(0));
    if (covered) {
      ops.copy(windows(x), byPoint(matrix));
    } else {
      ops.fill(matrix, 0);
      for (Tap tap : taps) {
        ops.copy(split(groups, tap.image(x)), part(matrix, tap));
      }
    }
    return empty(x.size(0));
  }

  /** Adds a matrix made by {@link #empty} to the points of dx [n, C, H, W] that its rows saw. */
  void scatterAdd(Block dx) {
    Block matrix = part(dx.size(0));
    if (covered && Tap.areApart(window)) {
      ops.copy(byPoint(matrix), windows(dx)); // dx is 0 there
      return;
    }
    for (Tap tap : taps) {
      Block seen = split(groups, tap.image(dx));
      ops.add(seen, part(matrix, tap), seen);
    }
  }

  /** The rows of the matrix that see a tap, its column: [G, n, rows, columns, C/G]. */
  private Block part(Block matrix, Tap tap) {
    Block inside = matrix.slice(2, tap.fromY(), tap.toY()).slice(3, tap.fromX(), tap.toX());
    long[] shape = {groups, inside.size(1), inside.size(2), inside.size(3), channels};
    long[] strides = {
      inside.stride(0), inside.stride(1), inside.stride(2), inside.stride(3), inside.stride(5)
    };
    return inside.view(tap.index() * inside.stride(4), shape, strides);
  }

  /** The matrix as [G, n, H', W', height, width, C/G]. */
  private Block byPoint(Block matrix) {
    return matrix.reshape(
        groups, matrix.size(1), rows, columns, window.height(), window.width(), channels);
  }

  /** What the windows see, as a view [G, n, H', W', height, width, C/G]; only where covered. */
  private Block windows(Block x) {
    Block seen = Tap.windows(window, x, rows, columns); // [n, C, H', W', height, width]
    return seen.view(
        0,
        new long[] {groups, x.size(0), rows, columns, window.height(), window.width(), channels},
        new long[] {
          x.stride(1) * channels,
          seen.stride(0),
          seen.stride(2),
          seen.stride(3),
          seen.stride(4),
          seen.stride(5),
          x.stride(1)
        });
  }

  /** An image [N, C, H, W] as [G, N, H, W, C/G]. */
  static Block split(int groups, Block x) {
    long channels = x.size(1) / groups;
    return x.view(
        0,
        new long[] {groups, x.size(0), x.size(2), x.size(3), channels},
        new long[] {x.stride(1) * channels, x.stride(0), x.stride(2), x.stride(3), x.stride(1)});
  }

  /** An image as [G, N H W, C/G] where its strides allow that, else null. */
  static Block view(int groups, Block x) {
    return split(groups, x).reshape(groups, x.size(0) * x.size(2) * x.size(3), x.size(1) / groups);
  }
}
