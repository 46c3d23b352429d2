package org.selfsup4j.core.train;

/** The time of a run that may be stopped and go on. */
final class StopWatch {

  private long started;
  private double before;

  /** Starts; {@code secondsBefore} have been spent already. */
  void start(double secondsBefore) {
    before = secondsBefore;
    started = System.nanoTime();
  }

  /** All seconds until now. */
  double seconds() {
    return before + (System.nanoTime() - started) / 1e9;
  }
}
