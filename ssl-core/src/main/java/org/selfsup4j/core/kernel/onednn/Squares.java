package org.selfsup4j.core.kernel.onednn;

import org.selfsup4j.core.memory.Block;

/** The sum of squares, added in double by Java on tiles of native memory. */
final class Squares {

  private static final int TILE = 4096;

  private final Context context;
  private final HostFloats memory = new HostFloats();
  private final float[] tile = new float[TILE];

  Squares(Context context) {
    this.context = context;
  }

  double sum(Block x) {
    Axes axes = Axes.of(x);
    Block run = context.copies().run(axes, 0, x, null);
    long count = axes.count();
    double sum = 0;
    for (long at = 0; at < count; at += TILE) {
      int n = (int) Math.min(TILE, count - at);
      memory.to(run, at).get(tile, 0, n);
      sum += sum(tile, n);
    }
    context.counts().count("sumOfSquares", "host");
    return sum;
  }

  /** Four sums side by side, so that an addition need not wait for the one before. */
  private static double sum(float[] x, int n) {
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
