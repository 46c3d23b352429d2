package org.selfsup4j.core.optim;

/**
 * Linear warm-up, then half a cosine (Loshchilov and Hutter 2017): {@code start + (base - start) k
 * / W} for {@code k < W}, then {@code low + (base - low) (1 + cos(pi (k - W) / (T - W))) / 2}.
 *
 * @param base reached after the warm-up
 * @param low reached at the end
 * @param start at step 0
 * @param warmup part of the run that the warm-up takes, in [0, 1)
 */
public record WarmupCosine(double base, double low, double start, double warmup)
    implements Schedule {

  /** Checks the ranges. */
  public WarmupCosine {
    Settings.requireShare("warmup", warmup);
    Settings.requireNotNegative("base", base);
    Settings.requireNotNegative("low", low);
    Settings.requireNotNegative("start", start);
  }

  /** From 0 to {@code base} in a tenth of the run, then down to 0. */
  public static WarmupCosine of(double base) {
    return new WarmupCosine(base, 0, 0, 0.1);
  }

  @Override
  public double at(long step, long steps) {
    long warm = Math.round(warmup * steps);
    if (step < warm) {
      return start + (base - start) * step / warm;
    }
    double done = (double) (step - warm) / Math.max(1, steps - warm);
    return low + (base - low) * (1 + Math.cos(Math.PI * done)) / 2;
  }
}
