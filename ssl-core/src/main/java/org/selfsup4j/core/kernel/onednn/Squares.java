package org.selfsup4j.core.kernel.onednn;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import org.selfsup4j.core.kernel.Team;
import org.selfsup4j.core.memory.Block;

/** The sum of squares, added in double by Java on tiles of native memory. */
final class Squares {

  private static final int TILE = 4096;
  private static final long LEAST_SHARED = 1L << 20;

  private final Context context;
  private final HostFloats memory = new HostFloats();
  private final float[] tile = new float[TILE];

  Squares(Context context) {
    this.context = context;
  }

  /** The sum; of many numbers, each member of the team adds a part. */
  double sum(Block x, Supplier<Optional<Team>> team) {
    boolean shared = x.rank() == 1 && x.isContiguous() && x.count() >= LEAST_SHARED;
    Optional<Team> members = shared ? team.get() : Optional.empty();
    return members.map(all -> sum(x, all)).orElseGet(() -> sum(x));
  }

  private static double sum(Block x, Team team) {
    double[] sums = new double[team.size()];
    long count = x.count();
    team.run(
        (i, kernels) -> {
          long from = count * i / sums.length;
          long to = count * (i + 1) / sums.length;
          sums[i] = kernels.sumOfSquares(x.slice(0, from, to));
        });
    return Arrays.stream(sums).sum();
  }

  private double sum(Block x) {
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
