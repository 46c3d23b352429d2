package org.selfsup4j.core.kernel.onednn;

import org.selfsup4j.core.kernel.Epilogue;
import org.selfsup4j.core.memory.Block;

/**
 * Sums of squares: in double by Java on tiles of native memory, or by oneDNN as products of rows
 * with themselves, which takes as long as reading them once.
 */
final class Squares {

  private static final int TILE = 4096;
  private static final int WIDTH = 4096; // added in float; longer rows take no less time
  private static final int LEAST_ROWS = 64;
  private static final double LEAST_MEAN = 1e-30; // below it, squares of floats may be lost

  private final Context context;
  private final Products products;
  private final HostFloats memory = new HostFloats();
  private final float[] tile = new float[TILE];

  Squares(Context context, Products products) {
    this.context = context;
    this.products = products;
  }

  /** The sum of squares, added in double. */
  double sum(Block x) {
    double sum = added(x);
    context.counts().count("sumOfSquares", "host");
    return sum;
  }

  /** The sum of squares, of which rows of 4,096 are added in float. */
  double norm(Block x) {
    long rows = x.rank() == 1 && x.isContiguous() ? x.count() / WIDTH : 0;
    if (rows < LEAST_ROWS) {
      return sum(x);
    }
    double sum = rows(x, rows);
    long done = rows * WIDTH;
    if (!Double.isFinite(sum) || sum < LEAST_MEAN * done) {
      return sum(x); // too large for a float's square, too small, or not a number
    }
    return done == x.count() ? sum : sum + added(x.slice(0, done, x.count()));
  }

  /** A batch of products, of each row with itself. */
  private double rows(Block x, long rows) {
    Block flat = x.view(0, new long[] {rows, 1, WIDTH}, new long[] {WIDTH, WIDTH, 1});
    Block upright = x.view(0, new long[] {rows, WIDTH, 1}, new long[] {WIDTH, 1, 1});
    Block sums = context.scratch().take(rows, 1, 1);
    Call call = products.multiply(flat, upright, Epilogue.NONE, sums, false);
    context.count("squaredNorm", call);
    return total(sums.view(0, new long[] {rows}, new long[] {1}));
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
