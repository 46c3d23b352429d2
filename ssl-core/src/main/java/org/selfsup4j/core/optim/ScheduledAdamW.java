package org.selfsup4j.core.optim;

/**
 * {@link AdamW} with a weight decay that changes over the run, as DINO and iBOT have it.
 *
 * @param rule betas and epsilon; its own decay is not used
 * @param weightDecay over the run
 */
public record ScheduledAdamW(AdamW rule, Schedule weightDecay) implements Optimizer {

  /** The usual betas and epsilon of {@link AdamW#withDecay}. */
  public static ScheduledAdamW of(Schedule weightDecay) {
    return new ScheduledAdamW(AdamW.withDecay(0), weightDecay);
  }

  @Override
  public int moments() {
    return rule.moments();
  }

  @Override
  public String[] momentNames() {
    return rule.momentNames();
  }

  @Override
  public AdamW at(long step, long steps) {
    return new AdamW(rule.beta1(), rule.beta2(), rule.epsilon(), weightDecay.at(step, steps));
  }

  /** Refused: a decay exists only {@link #at} a step. */
  @Override
  public void update(Update update) {
    throw new IllegalStateException(
        "ScheduledAdamW updates at a step of a run: use at(step, steps)");
  }
}
