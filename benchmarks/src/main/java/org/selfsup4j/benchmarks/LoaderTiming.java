package org.selfsup4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.selfsup4j.core.data.Batches;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.LoadedBatch;
import org.selfsup4j.core.data.Loader;
import org.selfsup4j.core.data.LoaderOptions;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.task.ImageTask;
import org.selfsup4j.core.train.LoaderShare;
import org.selfsup4j.core.train.StepRunner;
import org.selfsup4j.core.train.TrainingPlan;

/**
 * What a step takes with its batch in memory and with the batch's loading, loader threads as in a
 * run of this machine.
 *
 * @param workload its name
 * @param images of a batch
 * @param cores of this machine
 * @param loader how many threads load, and when
 * @param aloneMillis median of steps over one batch, before and after the others
 * @param loadedMillis median of steps from asking for the batch to giving it back
 * @param loaderCoreMillis median of the processor time that loading a batch takes, of all threads
 */
public record LoaderTiming(
    String workload,
    int images,
    int cores,
    LoaderShare loader,
    double aloneMillis,
    double loadedMillis,
    double loaderCoreMillis) {

  private static final int WARM_UP = 2;
  private static final long LOADER_WARM_UP_NANOS = 5_000_000_000L;
  private static final double ALLOWANCE = 1.05;

  /**
   * Runs {@code steps} steps alone, as many with loading, and as many alone again, each after
   * warm-up (two steps, and before all five seconds of loading, which the compiler needs), so that
   * a machine that becomes slower or faster meanwhile does it to both.
   *
   * @throws IllegalArgumentException if {@code steps} is below 1 or the data is less than a batch
   */
  public static <E, B> LoaderTiming measure(
      String workload,
      ImageTask<E, B> task,
      Source<Image> source,
      TrainingPlan plan,
      Kernels kernels,
      int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("steps is " + steps + ": it must be at least 1");
    }
    int cores = Runtime.getRuntime().availableProcessors();
    LoaderShare share = LoaderShare.of(cores);
    LoaderOptions options =
        LoaderOptions.training(plan.batchSize(), plan.seed())
            .withThreads(share.threads())
            .withPrefetch(share.prefetch());
    long all = 3L * (steps + WARM_UP);
    try (var loader = new Loader<>(source, task::example, task.stacking(), options);
        StepRunner<B> runner = new StepRunner<>(task, plan, kernels, all)) {
      Measuring<B> measuring = new Measuring<>(loader, runner, steps);
      measuring.warmLoader();
      measuring.alone();
      measuring.loaded();
      measuring.alone();
      return new LoaderTiming(
          workload,
          plan.batchSize(),
          cores,
          share,
          median(measuring.alone),
          median(measuring.loaded),
          median(measuring.busy));
    }
  }

  /** The measurement as it goes on. */
  private static final class Measuring<B> {
    final List<Double> alone = new ArrayList<>();
    final List<Double> loaded = new ArrayList<>();
    final List<Double> busy = new ArrayList<>();
    private final Loader<?, ?, B> loader;
    private final StepRunner<B> runner;
    private final int steps;
    private long number;
    private long epoch;

    Measuring(Loader<?, ?, B> loader, StepRunner<B> runner, int steps) {
      this.loader = loader;
      this.runner = runner;
      this.steps = steps;
    }

    /** Loads without steps until the compiler has done with what loads. */
    void warmLoader() {
      long end = System.nanoTime() + LOADER_WARM_UP_NANOS;
      while (System.nanoTime() < end) {
        try (Batches<B> batches = loader.epoch(epoch++)) {
          while (batches.hasNext() && System.nanoTime() < end) {
            batches.next().close();
          }
        }
      }
    }

    void alone() {
      try (Batches<B> batches = loader.epoch(epoch++);
          LoadedBatch<B> batch = batches.next()) {
        for (int step = -WARM_UP; step < steps; step++) {
          long start = System.nanoTime();
          runner.run(number++, epoch, batch::open, false);
          if (step >= 0) {
            alone.add((System.nanoTime() - start) / 1e6);
          }
        }
      }
    }

    void loaded() {
      int step = -WARM_UP;
      while (step < steps) {
        try (Batches<B> batches = loader.epoch(epoch++)) {
          while (batches.hasNext() && step < steps) {
            long start = System.nanoTime();
            try (LoadedBatch<B> batch = batches.next()) {
              runner.run(number++, epoch, batch::open, false);
              if (step >= 0) {
                busy.add(batch.busyNanos() / 1e6);
              }
            }
            if (step >= 0) {
              loaded.add((System.nanoTime() - start) / 1e6);
            }
            step++;
          }
        }
      }
    }
  }

  /** What a step with loading may take: 1.05 steps alone and loading on all cores. */
  public double barMillis() {
    return ALLOWANCE * aloneMillis + loaderCoreMillis / cores;
  }

  /** One line of JSON; {@code of_bar} is at most 1 where the loader keeps to it. */
  public String toJson() {
    ObjectNode line = new ObjectMapper().createObjectNode();
    line.put("workload", workload);
    line.put("images", images);
    line.put("cores", cores);
    line.put("loader_threads", loader.threads());
    line.put("prefetch", loader.prefetch());
    line.put("step_alone_ms", round(aloneMillis, 2));
    line.put("step_loaded_ms", round(loadedMillis, 2));
    line.put("loader_core_ms", round(loaderCoreMillis, 2));
    line.put("bar_ms", round(barMillis(), 2));
    line.put("of_bar", round(loadedMillis / barMillis(), 3));
    line.put("loaded_over_alone", round(loadedMillis / aloneMillis, 3));
    return line.toString();
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int n = sorted.size();
    return (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
  }

  private static double round(double value, int digits) {
    return Double.parseDouble(String.format(Locale.ROOT, "%." + digits + "f", value));
  }
}
