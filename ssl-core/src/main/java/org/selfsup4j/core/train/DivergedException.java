package org.selfsup4j.core.train;

/** Training has left the numbers: the loss or the gradient is not finite any more. */
public final class DivergedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final long step;
  private final double loss;
  private final double rate;
  private final double gradientNorm;

  /**
   * With where and how it happened.
   *
   * @param step counted from 0
   * @param loss of that step
   * @param rate learning rate of that step
   * @param gradientNorm of that step, or of the step before where the loss itself is not finite
   */
  public DivergedException(long step, double loss, double rate, double gradientNorm) {
    super(
        String.format(
            java.util.Locale.ROOT,
            "training diverged at step %d: loss %s, learning rate %.3g, gradient norm %.4g; the last"
                + " checkpoint is intact: lower the rate, lengthen the warm-up or clip gradients",
            step,
            loss,
            rate,
            gradientNorm));
    this.step = step;
    this.loss = loss;
    this.rate = rate;
    this.gradientNorm = gradientNorm;
  }

  /** The step at which it happened, counted from 0. */
  public long step() {
    return step;
  }

  /** The loss of that step. */
  public double loss() {
    return loss;
  }

  /** The learning rate of that step. */
  public double rate() {
    return rate;
  }

  /** The gradient norm of that step, or of the step before. */
  public double gradientNorm() {
    return gradientNorm;
  }
}
