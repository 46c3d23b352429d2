package org.selfsup4j.benchmarks;

import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.tensor.Precision;
import org.selfsup4j.core.train.StepRunner;

/** The steps of one workload, one after the other, each with its time. */
final class TimedSteps<B> implements AutoCloseable {

  private final Workload<B> workload;
  private final StepRunner<B> runner;
  private long step;

  /** Begins a run of {@code steps} steps in all. */
  TimedSteps(Workload<B> workload, Kernels kernels, long steps) {
    this.workload = workload;
    this.runner = new StepRunner<>(workload.task().get(), workload.plan(), kernels, steps);
  }

  /** The milliseconds of each of the next {@code count} steps. */
  double[] run(int count) {
    double[] millis = new double[count];
    for (int i = 0; i < count; i++) {
      long start = System.nanoTime();
      runner.run(step++, 0, workload.batch(), false);
      millis[i] = (System.nanoTime() - start) / 1e6;
    }
    return millis;
  }

  int images() {
    return workload.images();
  }

  Precision precision() {
    return runner.precision();
  }

  @Override
  public void close() {
    runner.close();
  }
}
