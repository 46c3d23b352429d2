package org.selfsup4j.core.train;

import java.util.ArrayList;
import java.util.List;
import org.selfsup4j.core.data.Batches;
import org.selfsup4j.core.data.LoadedBatch;
import org.selfsup4j.core.data.Loader;
import org.selfsup4j.core.kernel.Kernels;

/**
 * How fast a task trains on this machine, the loading of its batches included: what a budget of
 * time is turned into steps with, so that schedules can span it.
 *
 * @param secondsBeforeEpoch that the task takes before each epoch
 * @param secondsPerStep of training, the median
 * @param stepsPerEpoch of the data
 */
public record Pace(double secondsBeforeEpoch, double secondsPerStep, long stepsPerEpoch) {

  private static final int LEAST_STEPS = 6;

  /** Checks the ranges. */
  public Pace {
    if (!(secondsBeforeEpoch >= 0 && secondsPerStep > 0) || stepsPerEpoch < 1) {
      throw new IllegalArgumentException(
          secondsBeforeEpoch
              + " s before an epoch, "
              + secondsPerStep
              + " s a step, "
              + stepsPerEpoch
              + " steps an epoch: a step takes time, and an epoch has one at least");
    }
  }

  /** The most steps that are done within {@code seconds}, but one at least. */
  public long stepsIn(double seconds) {
    double epoch = secondsBeforeEpoch + stepsPerEpoch * secondsPerStep;
    long whole = (long) Math.floor(seconds / epoch);
    double rest = seconds - whole * epoch - secondsBeforeEpoch;
    long more = Math.max(0, (long) Math.floor(rest / secondsPerStep));
    return Math.max(1, whole * stepsPerEpoch + Math.min(more, stepsPerEpoch));
  }

  /** Trains for about {@code seconds}, without files; the task's weights move. */
  static <T, E, B> Pace measure(Pretraining<T, E, B> what, Kernels kernels, double seconds) {
    TrainingPlan plan = what.plan;
    try (Loader<T, E, B> loader = Run.loader(what)) {
      long perEpoch = loader.batchesPerEpoch();
      long steps = plan.stepsOf(perEpoch);
      try (StepRunner<B> runner = new StepRunner<>(what.task, plan, kernels, steps)) {
        StopWatch before = new StopWatch();
        before.start(0);
        what.task.beforeEpoch(runner.epoch(0, what.source, loader.options()));
        double beforeEpoch = before.seconds();
        List<Double> times = steps(loader, runner, seconds);
        List<Double> later =
            times.subList(2 * times.size() / 3, times.size()).stream().sorted().toList();
        return new Pace(beforeEpoch, later.get(later.size() / 2), perEpoch);
      }
    }
  }

  /** The times of steps; the earlier ones hold compilation and first memory. */
  private static <T, E, B> List<Double> steps(
      Loader<T, E, B> loader, StepRunner<B> runner, double seconds) {
    List<Double> times = new ArrayList<>();
    StopWatch all = new StopWatch();
    all.start(0);
    for (long epoch = 0; !isEnough(times, all, seconds); epoch++) {
      try (Batches<B> batches = loader.epoch(epoch, 0)) {
        while (!isEnough(times, all, seconds) && batches.hasNext()) {
          double start = all.seconds();
          try (LoadedBatch<B> loaded = batches.next()) {
            runner.run(times.size(), 0, loaded::open, false);
          }
          times.add(all.seconds() - start);
        }
      }
    }
    return times;
  }

  private static boolean isEnough(List<Double> times, StopWatch all, double seconds) {
    return times.size() >= LEAST_STEPS && all.seconds() >= seconds;
  }
}
