package org.selfsup4j.core.optim;

/**
 * LARS (You, Gitman and Ginsburg 2017, section 5): the gradient of each tensor is scaled to a fixed
 * part of the tensor's norm. Biases and norms get neither decay nor scaling, as in SimCLR and MoCo
 * v3.
 *
 * @param momentum in [0, 1)
 * @param weightDecay added to the gradient, times the parameter
 * @param trust the fixed part
 */
public record Lars(double momentum, double weightDecay, double trust) implements Optimizer {

  /** Checks the ranges. */
  public Lars {
    Settings.requireShare("momentum", momentum);
    Settings.requireNotNegative("weightDecay", weightDecay);
    if (!(trust > 0)) {
      throw new IllegalArgumentException("trust is " + trust + ": it must be above 0, e.g. .001");
    }
  }

  /** Momentum .9, trust .001. */
  public static Lars withDecay(double weightDecay) {
    return new Lars(0.9, weightDecay, 0.001);
  }

  @Override
  public int moments() {
    return 1;
  }

  @Override
  public String[] momentNames() {
    return new String[] {"velocity"};
  }

  @Override
  public boolean elementwise() {
    return false;
  }

  @Override
  public void update(Update u) {
    if (!u.vectors()) {
      if (u.decays() && weightDecay > 0) {
        u.kernels().addScaled(weightDecay, u.parameter(), 1, u.gradient());
      }
      double weights = Math.sqrt(u.kernels().squaredNorm(u.parameter()));
      double gradients = Math.sqrt(u.kernels().squaredNorm(u.gradient()));
      double ratio = weights == 0 || gradients == 0 ? 1 : trust * weights / gradients;
      u.kernels().addScaled(ratio, u.gradient(), 0, u.gradient());
    }
    u.kernels()
        .sgd(
            u.parameter(),
            u.gradient(),
            u.moments().get(0),
            u.rate(),
            momentum,
            0,
            false,
            u.step() == 1);
  }
}
