package org.selfsup4j.core.optim;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2).
 *
 * @param beta1 in [0, 1), of the mean of gradients
 * @param beta2 in [0, 1), of the mean of their squares
 * @param epsilon added to the root
 * @param weightDecay times rate and parameter, taken off directly
 */
public record AdamW(double beta1, double beta2, double epsilon, double weightDecay)
    implements Optimizer {

  /** Checks the ranges. */
  public AdamW {
    Settings.requireShare("beta1", beta1);
    Settings.requireShare("beta2", beta2);
    Settings.requireNotNegative("epsilon", epsilon);
    Settings.requireNotNegative("weightDecay", weightDecay);
  }

  /** Betas .9 and .999, epsilon 1e-8: the usual ones. */
  public static AdamW withDecay(double weightDecay) {
    return new AdamW(0.9, 0.999, 1e-8, weightDecay);
  }

  /** Betas .9 and .95: what masked autoencoders are trained with (He et al. 2022, table 8). */
  public static AdamW forMaskedAutoencoders() {
    return new AdamW(0.9, 0.95, 1e-8, 0.05);
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
            u.decays() ? weightDecay : 0,
            u.step());
  }
}
