package org.selfsup4j.core.optim;

/**
 * DINO's rate: the first {@code W} steps run evenly from {@code start} to {@code base}, both
 * reached, then half a cosine to {@code low} that starts with {@code base} again.
 *
 * @param base reached at the last step of the warm-up
 * @param low approached at the end
 * @param start at step 0
 * @param warmupSteps W
 */
public record DinoSchedule(double base, double low, double start, long warmupSteps)
    implements Schedule {

  @Override
  public double at(long step, long steps) {
    if (step < warmupSteps) {
      return warmupSteps == 1 ? start : start + (base - start) * step / (warmupSteps - 1);
    }
    double done = (double) (step - warmupSteps) / Math.max(1, steps - warmupSteps);
    return low + (base - low) * (1 + Math.cos(Math.PI * done)) / 2;
  }
}
