package org.selfsup4j.core.optim;

/** A number that changes over a run: a learning rate, a momentum, a weight decay. */
@FunctionalInterface
public interface Schedule {

  /** The value at {@code step}, counted from 0, of a run of {@code steps}. */
  double at(long step, long steps);

  /** The same value throughout. */
  static Schedule constant(double value) {
    return new Constant(value);
  }

  /** From {@code start} to {@code end} along half a cosine: {@code start} at step 0. */
  static Schedule cosine(double start, double end) {
    return new Cosine(start, end);
  }

  /** Scales a base rate given for a batch of 256 to {@code batch} (Goyal et al. 2017). */
  static double scaled(double base, int batch) {
    return base * batch / 256;
  }

  /** See {@link #constant}. */
  record Constant(double value) implements Schedule {
    @Override
    public double at(long step, long steps) {
      return value;
    }
  }

  /** See {@link #cosine}. */
  record Cosine(double start, double end) implements Schedule {
    @Override
    public double at(long step, long steps) {
      return end + (start - end) * (1 + Math.cos(Math.PI * step / Math.max(1, steps))) / 2;
    }
  }
}
