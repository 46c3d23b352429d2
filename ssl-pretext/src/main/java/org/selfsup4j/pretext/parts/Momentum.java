package org.selfsup4j.pretext.parts;

import org.selfsup4j.core.optim.Schedule;

/** What the share of its old self may be that a teacher, a bank or a centre keeps. */
public final class Momentum {

  private Momentum() {}

  /**
   * Refuses a momentum outside [0, 1], or of 1 where nothing would ever change.
   *
   * @param name of the setting, for the message
   */
  public static void require(String name, double momentum) {
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException(
          name
              + " is "
              + momentum
              + ": it must be at least 0 and below 1, where nothing would follow; usually .5 to"
              + " .999");
    }
  }

  /** The same for one that changes over the run, at whose ends it may be 1. */
  public static void require(String name, Schedule momentum) {
    double start = momentum.at(0, 1);
    double end = momentum.at(1, 1);
    if (!(start >= 0 && start <= 1 && end >= 0 && end <= 1)) {
      throw new IllegalArgumentException(
          name
              + " goes from "
              + start
              + " to "
              + end
              + ": both must be between 0 and 1, usually .99 or .996 and 1");
    }
  }
}
