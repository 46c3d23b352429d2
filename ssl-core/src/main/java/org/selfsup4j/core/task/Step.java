package org.selfsup4j.core.task;

import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.optim.Schedule;

/**
 * What a task may know of the training step it is in.
 *
 * @param number counted from 0 over the whole run
 * @param steps of the whole run
 * @param epoch counted from 0
 * @param pass for the layers
 */
public record Step(long number, long steps, long epoch, Pass pass) {

  /** The part of the whole run that is done, in [0, 1). */
  public double progress() {
    return (double) number / steps;
  }

  /** The value of {@code schedule} at this step: a teacher's momentum, a temperature. */
  public double at(Schedule schedule) {
    return schedule.at(number, steps);
  }
}
