package org.selfsup4j.core.optim;

/**
 * Stochastic gradient descent with momentum as PyTorch defines it: the rate multiplies the velocity
 * after the update.
 *
 * @param momentum in [0, 1)
 * @param weightDecay added to the gradient, times the parameter
 * @param nesterov whether the step looks ahead (Sutskever et al. 2013)
 */
public record Sgd(double momentum, double weightDecay, boolean nesterov) implements Optimizer {

  /** Checks the ranges. */
  public Sgd {
    Settings.requireShare("momentum", momentum);
    Settings.requireNotNegative("weightDecay", weightDecay);
    if (nesterov && momentum == 0) {
      throw new IllegalArgumentException("nesterov needs a momentum above 0, for example .9");
    }
  }

  /** Momentum .9. */
  public static Sgd withDecay(double weightDecay) {
    return new Sgd(0.9, weightDecay, false);
  }

  @Override
  public int moments() {
    return momentum == 0 ? 0 : 1;
  }

  @Override
  public String[] momentNames() {
    return momentum == 0 ? new String[0] : new String[] {"velocity"};
  }

  @Override
  public void update(Update u) {
    u.kernels()
        .sgd(
            u.parameter(),
            u.gradient(),
            momentum == 0 ? null : u.moments().get(0),
            u.rate(),
            momentum,
            u.decays() ? weightDecay : 0,
            nesterov,
            u.step() == 1);
  }
}
