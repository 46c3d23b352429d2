package org.selfsup4j.core.optim;

/**
 * Adam (Kingma and Ba 2015, algorithm 1) with the decay added to the gradient: what older methods
 * were trained with. {@link AdamW} decouples it.
 *
 * @param beta1 in [0, 1)
 * @param beta2 in [0, 1)
 * @param epsilon added to the root
 * @param weightDecay added to the gradient, times the parameter
 */
public record Adam(double beta1, double beta2, double epsilon, double weightDecay)
    implements Optimizer {

  /** Checks the ranges. */
  public Adam {
    Settings.requireShare("beta1", beta1);
    Settings.requireShare("beta2", beta2);
    Settings.requireNotNegative("epsilon", epsilon);
    Settings.requireNotNegative("weightDecay", weightDecay);
  }

  @Override
  public int moments() {
    return 2;
  }

  @Override
  public String[] momentNames() {
    return new String[] {"first", "second"};
  }

  @Override
  public void update(Update u) {
    if (u.decays() && weightDecay > 0) {
      u.kernels().addScaled(weightDecay, u.parameter(), 1, u.gradient());
    }
    u.kernels()
        .adamW(
            u.parameter(),
            u.gradient(),
            u.moments().get(0),
            u.moments().get(1),
            u.rate(),
            beta1,
            beta2,
            epsilon,
            0,
            u.step());
  }
}
