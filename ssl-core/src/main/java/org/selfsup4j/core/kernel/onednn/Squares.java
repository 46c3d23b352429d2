package org.selfsup4j.core.kernel.onednn;

import org.selfsup4j.core.memory.Block;

/**
 * Sums of squares: in double by Java on tiles of native memory, or by oneDNN as statistics of rows,
 * which is three times as fast.
 */
final class Squares {

  private static final int TILE = 4096;
  private static final int WIDTH = 4096;
  private static final int ROWS = 64; // a tile of a megabyte: half of it in each core's cache
  private static final double LEAST_MEAN = 1e-30; // below it, squares of floats may be lost

  private final Context context;
  private final LayerNorms layerNorms;
  private final HostFloats memory = new HostFloats();
  private final float[] tile = new float[TILE];

  Squares(Context context, LayerNorms layerNorms) {
    this.context = context;
    this.layerNorms = layerNorms;
  }

  /** The sum of squares, added in double. */
  double sum(Block x) {
    double sum = added(x);
    context.counts().count("sumOfSquares", "host");
    return sum;
  }

  /** The sum of squares, of which rows of 4,096 are added in float. */
  double norm(Block x) {
    long tiles = x.rank() == 1 && x.isContiguous() ? x.count() / (ROWS * WIDTH) : 0;
    if (tiles == 0) {
      return sum(x);
    }
    double sum = rows(x, tiles);
    long done = tiles * ROWS * WIDTH;
    if (!Double.isFinite(sum) || sum < LEAST_MEAN * done) {
      return sum(x); // too large for a float's square, too small, or not a number
    }
    return done == x.count() ? sum : sum + added(x.slice(0, done, x.count()));
  }

  /**
   * A layer norm leaves the mean m and the variance v of each row, and a row's sum of squares is
   * its width times (v + m^2). The normalised rows themselves are never looked at.
   */
  private double rows(Block x, long tiles) {
    Scratch scratch = context.scratch();
    Block mean = scratch.take(tiles * ROWS);
    Block variance = scratch.take(tiles * ROWS);
    Block ignored = scratch.take(ROWS, WIDTH);
    String how = "";
    for (long i = 0; i < tiles; i++) {
      Block rows = x.slice(0, i * ROWS * WIDTH, (i + 1) * ROWS * WIDTH).reshape(ROWS, WIDTH);
      how =
          layerNorms.statistics(
              rows,
              ignored,
              mean.slice(0, i * ROWS, (i + 1) * ROWS),
              variance.slice(0, i * ROWS, (i + 1) * ROWS));
    }
    context.counts().count("squaredNorm", how);
    return WIDTH * (added(mean) + total(variance));
  }

  private double added(Block x) {
    Axes axes = Axes.of(x);
    Block run = context.copies().run(axes, 0, x, null);
    long count = axes.count();
    double sum = 0;
    for (long at = 0; at < count; at += TILE) {
      int n = (int) Math.min(TILE, count - at);
      memory.to(run, at).get(tile, 0, n);
      sum += squares(tile, n);
    }
    return sum;
  }

  private double total(Block x) {
    double sum = 0;
    for (long at = 0; at < x.count(); at += TILE) {
      int n = (int) Math.min(TILE, x.count() - at);
      memory.to(x, at).get(tile, 0, n);
      for (int i = 0; i < n; i++) {
        sum += tile[i];
      }
    }
    return sum;
  }

  /** Four sums side by side, so that an addition need not wait for the one before. */
  private static double squares(float[] x, int n) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i + 4 <= n; i += 4) {
      double p = x[i];
      double q = x[i + 1];
      double r = x[i + 2];
      double s = x[i + 3];
      a += p * p;
      b += q * q;
      c += r * r;
      d += s * s;
    }
    for (; i < n; i++) {
      a += (double) x[i] * x[i];
    }
    return (a + b) + (c + d);
  }
}
