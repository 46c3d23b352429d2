package org.selfsup4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.selfsup4j.core.data.Batches;
import org.selfsup4j.core.data.LoadedBatch;
import org.selfsup4j.core.data.Loader;
import org.selfsup4j.core.data.LoaderOptions;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.module.Components;
import org.selfsup4j.core.module.Parameter;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.optim.AdamW;
import org.selfsup4j.core.optim.Schedule;
import org.selfsup4j.core.task.Collapse;
import org.selfsup4j.core.task.PretextTask;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.train.Pretraining;
import org.selfsup4j.core.train.StepResult;
import org.selfsup4j.core.train.StepRunner;
import org.selfsup4j.core.train.TrainingPlan;

/**
 * What every pretext task keeps, a user's own too; each method is a test's body.
 *
 * <pre>{@code
 * @Test void keepsTheContract() {
 *   TaskContract.of(() -> MyTask.of(encoder(), RandomStream.of(1)), images).holds();
 * }
 * }</pre>
 *
 * @param <T> what the source yields
 * @param <E> the task's examples
 * @param <B> the task's batches
 */
public final class TaskContract<T, E, B> {

  private static final int BATCH = 8;
  private static final int EPOCHS = 2; // of the run that is stopped

  private final Supplier<? extends PretextTask<T, E, B>> tasks;
  private final Source<T> source;
  private final Kernels kernels;
  private final Set<String> withoutGradient;
  private final int steps;
  private final double rate;
  private final double part;
  private final int from;
  private final Map<String, Double> measures;

  private TaskContract(
      Supplier<? extends PretextTask<T, E, B>> tasks,
      Source<T> source,
      Kernels kernels,
      Set<String> withoutGradient,
      int steps,
      double rate,
      double part,
      int from,
      Map<String, Double> measures) {
    this.tasks = tasks;
    this.source = source;
    this.kernels = kernels;
    this.withoutGradient = withoutGradient;
    this.steps = steps;
    this.rate = rate;
    this.part = part;
    this.from = from;
    this.measures = measures;
  }

  /**
   * The contract of a task, on the fastest kernels.
   *
   * @param tasks makes the task anew, each time with the same initial weights
   * @param source 8 samples or more
   */
  public static <T, E, B> TaskContract<T, E, B> of(
      Supplier<? extends PretextTask<T, E, B>> tasks, Source<T> source) {
    return new TaskContract<>(
        tasks, source, KernelSets.choose(), Set.of(), 60, 1e-2, 0.5, 0, Map.of());
  }

  /** The same on given kernels. */
  public TaskContract<T, E, B> on(Kernels given) {
    return new TaskContract<>(
        tasks, source, given, withoutGradient, steps, rate, part, from, measures);
  }

  /** The same where these trained parameters get no gradient in the first step, for a reason. */
  public TaskContract<T, E, B> exceptGradientsOf(String... names) {
    return new TaskContract<>(
        tasks, source, kernels, Set.of(names), steps, rate, part, from, measures);
  }

  /**
   * The same with another measure of learning by heart.
   *
   * @param overSteps steps of AdamW on one fixed batch of 8
   * @param atRate its learning rate
   * @param toPart the loss must fall to this part of the first one, or below
   */
  public TaskContract<T, E, B> overfitting(int overSteps, double atRate, double toPart) {
    return new TaskContract<>(
        tasks, source, kernels, withoutGradient, overSteps, atRate, toPart, from, measures);
  }

  /**
   * The same where learning by heart is measured from the loss of a later step, since the first
   * ones are easier than what follows: as long as a queue or a bank is still random.
   *
   * @param step counted from 0
   */
  public TaskContract<T, E, B> fallingFrom(int step) {
    return new TaskContract<>(
        tasks, source, kernels, withoutGradient, steps, rate, part, step, measures);
  }

  /**
   * The same where a logged measure must fall, too: of an adversarial pair the sum of the losses
   * says little about either.
   *
   * @param measure its name in the log
   * @param toPart it must fall to this part of the first one, or below
   */
  public TaskContract<T, E, B> overfittingMeasure(String measure, double toPart) {
    Map<String, Double> more = new TreeMap<>(measures);
    more.put(measure, toPart);
    return new TaskContract<>(
        tasks, source, kernels, withoutGradient, steps, rate, part, from, more);
  }

  /** All of it. */
  public void holds() {
    acceptsItsData();
    everyParameterGetsAGradient();
    theSameSeedGivesTheSameLosses();
    threadsChangeNoBatch();
    learnsEightSamplesByHeart();
    leavesNoMemory();
    resumesWithTheSameBits();
  }

  /** The task's own check lets this source and a batch of 8 pass. */
  public void acceptsItsData() {
    tasks.get().check(BATCH, source);
  }

  /** One step leaves no trained parameter without gradient, but the named exceptions. */
  public void everyParameterGetsAGradient() {
    PretextTask<T, E, B> task = tasks.get();
    Map<String, Parameter> parameters = Parts.of(task).parameters();
    Set<String> without = new TreeSet<>();
    withFirstBatch(
        task,
        batch -> {
          try (StepRunner<B> runner = runner(task)) {
            beforeEpoch(task, runner);
            runner.run(0, 0, batch::open, false);
            parameters.forEach(
                (name, parameter) -> {
                  if (kernels.sumOfSquares(parameter.variable().gradient()) == 0) {
                    without.add(name);
                  }
                });
          }
        });
    assertThat(without).as("parameters whose gradient is zero").isEqualTo(withoutGradient);
  }

  /** Two tasks made alike have the same losses, bit for bit, for three steps. */
  public void theSameSeedGivesTheSameLosses() {
    assertThat(losses(tasks.get(), 3)).containsExactly(losses(tasks.get(), 3));
  }

  /** The batches of two epochs are the same for 1 and for 4 loader threads. */
  public void threadsChangeNoBatch() {
    PretextTask<T, E, B> task = tasks.get();
    List<double[]> one = batches(task, 1);
    List<double[]> four = batches(task, 4);
    assertThat(four).hasSameSizeAs(one).isNotEmpty();
    for (int i = 0; i < one.size(); i++) {
      assertThat(Arrays.equals(one.get(i), four.get(i)))
          .as("tensor %s is the same for 1 and 4 loader threads", i)
          .isTrue();
    }
  }

  /**
   * On one fixed batch of 8 examples the loss falls as far as was stated, and embeddings that the
   * task watches stay spread.
   */
  public void learnsEightSamplesByHeart() {
    List<StepResult> results = results(tasks.get(), steps);
    requireFall("loss", part, results, StepResult::loss);
    measures.forEach(
        (name, toPart) ->
            requireFall(
                name, toPart, results, result -> result.measures().getOrDefault(name, Double.NaN)));
  }

  private void requireFall(
      String name, double toPart, List<StepResult> results, ToDoubleFunction<StepResult> of) {
    double first = of.applyAsDouble(results.get(from));
    assertThat(of.applyAsDouble(results.get(steps - 1)))
        .as("%s after %s steps on 8 fixed examples, %s in step %s", name, steps, first, from)
        .isLessThanOrEqualTo(toPart * first);
  }

  /** Steps of four epochs take no more native memory than those of the first two did. */
  public void leavesNoMemory() {
    PretextTask<T, E, B> task = tasks.get();
    try (Loader<T, E, B> loader = loader(task, 1);
        StepRunner<B> runner = runner(task)) {
      long first = 0;
      long step = 0;
      for (long epoch = 0; epoch < 4; epoch++) {
        task.beforeEpoch(runner.epoch(epoch, source, LoaderOptions.training(BATCH, 1)));
        try (Batches<B> batches = loader.epoch(epoch)) {
          while (batches.hasNext()) {
            try (LoadedBatch<B> batch = batches.next()) {
              runner.run(step++, epoch, batch::open, false);
            }
          }
        }
        first = epoch == 1 ? runner.arena().reservedBytes() : first;
      }
      assertThat(runner.arena().reservedBytes())
          .as("bytes of the steps' arena after 4 epochs")
          .isEqualTo(first);
    }
  }

  /**
   * A run of two epochs that was stopped, inside an epoch and between two, ends with the bits of
   * one that was not: weights, log, optimizer and all that the task keeps besides (queue, bank,
   * centre, teacher, pseudo-labels, discriminator). And a checkpoint in which one bit of any of
   * these has changed is refused by the name of what has changed.
   */
  public void resumesWithTheSameBits() {
    int epoch = Math.toIntExact(source.size() / BATCH);
    int whole = EPOCHS * epoch;
    TrainingPlan plan =
        plan(EPOCHS).withSeed(3).withCheckpoints(1, whole).withLogEvery(1 + whole / 4);
    Path parent = newFolder();
    try {
      Path folder = parent.resolve("run");
      pretraining(plan).run(folder);
      StoppedRun run = new StoppedRun(folder);
      run.requireFlippedBitsNoticed();
      for (int step : new TreeSet<>(List.of(epoch + epoch / 2, epoch, epoch / 2)).descendingSet()) {
        if (step > 0) {
          run.putBackTo(step);
          pretraining(plan).resume(folder, false);
          run.requireSameBits(step);
        }
      }
    } finally {
      StoppedRun.delete(parent);
    }
  }

  private Pretraining<T, E, B> pretraining(TrainingPlan plan) {
    return Pretraining.of(tasks.get(), source, plan).withKernels(kernels).withLoader(1, 0);
  }

  private static Path newFolder() {
    try {
      return Files.createTempDirectory("selfsup-contract");
    } catch (IOException e) {
      throw new UncheckedIOException("no folder for a run that is stopped: " + e.getMessage(), e);
    }
  }

  private double[] losses(PretextTask<T, E, B> task, int number) {
    return results(task, number).stream().mapToDouble(StepResult::loss).toArray();
  }

  private List<StepResult> results(PretextTask<T, E, B> task, int number) {
    List<StepResult> results = new ArrayList<>();
    withFirstBatch(
        task,
        batch -> {
          try (StepRunner<B> runner = runner(task)) {
            beforeEpoch(task, runner);
            for (int step = 0; step < number; step++) {
              StepResult result = runner.run(step, 0, batch::open, step == number - 1);
              results.add(result);
              result.watched().forEach(TaskContract::requireSpread);
            }
          }
        });
    return results;
  }

  private static void requireSpread(String name, StepResult.Watched z) {
    Collapse spread = Collapse.of(z.values(), z.rows(), z.width());
    assertThat(spread.relativeDeviation())
        .as("spread of the embeddings '%s', 1 where they are even", name)
        .isGreaterThan(0.05);
  }

  private StepRunner<B> runner(PretextTask<T, E, B> task) {
    return new StepRunner<>(task, plan(1), kernels, steps);
  }

  private void beforeEpoch(PretextTask<T, E, B> task, StepRunner<B> runner) {
    task.beforeEpoch(runner.epoch(0, source, LoaderOptions.training(BATCH, 1)));
  }

  private TrainingPlan plan(int epochs) {
    return TrainingPlan.of(epochs, BATCH)
        .withOptimizer(AdamW.withDecay(0), Schedule.constant(rate));
  }

  private void withFirstBatch(PretextTask<T, E, B> task, Consumer<LoadedBatch<B>> use) {
    try (Loader<T, E, B> loader = loader(task, 1);
        Batches<B> batches = loader.epoch(0);
        LoadedBatch<B> batch = batches.next()) {
      use.accept(batch);
    }
  }

  private Loader<T, E, B> loader(PretextTask<T, E, B> task, int threads) {
    return new Loader<>(
        source,
        task::example,
        task.stacking(),
        LoaderOptions.training(BATCH, 1).withThreads(threads),
        task::order);
  }

  private List<double[]> batches(PretextTask<T, E, B> task, int threads) {
    List<double[]> tensors = new ArrayList<>();
    try (Arena arena = new Arena(1 << 20);
        Loader<T, E, B> loader = loader(task, threads)) {
      for (int epoch = 0; epoch < 2; epoch++) {
        try (Batches<B> batches = loader.epoch(epoch)) {
          while (batches.hasNext()) {
            try (LoadedBatch<B> batch = batches.next();
                Session session = Session.evaluation(kernels, arena, "batch")) {
              collect(batch.open(session), tensors);
            }
          }
        }
      }
    }
    return tensors;
  }

  private static void collect(Object value, List<double[]> tensors) {
    if (value instanceof Tensor tensor) {
      tensors.add(tensor.toDoubles());
    } else if (value instanceof List<?> list) {
      list.forEach(item -> collect(item, tensors));
    } else if (value instanceof Record record) {
      for (RecordComponent component : record.getClass().getRecordComponents()) {
        collect(Components.read(record, component), tensors);
      }
    }
  }
}
