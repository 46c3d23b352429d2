package org.selfsup4j.core.train;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.selfsup4j.core.data.Batches;
import org.selfsup4j.core.data.LoadedBatch;
import org.selfsup4j.core.data.Loader;
import org.selfsup4j.core.data.LoaderOptions;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.format.CheckpointFile;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.module.MismatchedWeightsException;
import org.selfsup4j.core.random.RandomStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run at work: from the newest checkpoint, or the start, to the end. */
final class Run<T, E, B> {

  private static final Logger LOG = LoggerFactory.getLogger(Run.class);
  private static final String STEPS = "steps";

  private final Pretraining<T, E, B> what;
  private final TrainingPlan plan;
  private final Kernels kernels;
  private final RunFolder folder;
  private final CollapseWatch collapse = new CollapseWatch();
  private final Optional<StepClock> clock;
  private final StopWatch watch = new StopWatch();

  Run(Pretraining<T, E, B> what, Kernels kernels, RunFolder folder) {
    this.what = what;
    this.plan = what.plan;
    this.kernels = kernels;
    this.folder = folder;
    this.clock = what.breakdown.map(detail -> new StepClock(kernels, detail));
  }

  /**
   * The loader of a run: before there is a folder, so that one whose batch does not fit leaves none
   * behind that says it holds a run.
   */
  static <T, E, B> Loader<T, E, B> loader(Pretraining<T, E, B> what) {
    what.task.check(what.plan.batchSize(), what.source);
    requireFittingItems(what);
    LoaderOptions options =
        LoaderOptions.training(what.plan.batchSize(), what.plan.seed())
            .withThreads(what.loaderThreads)
            .withPrefetch(what.prefetch);
    return new Loader<>(
        what.source, what.task::example, what.task.stacking(), options, what.task::order);
  }

  /** Makes one example, so that items which the task refuses are refused before there is a run. */
  private static <T, E> void requireFittingItems(Pretraining<T, E, ?> what) {
    if (what.source.isIndexed()) {
      RandomStream random = RandomStream.of(what.plan.seed()).at("trial");
      what.task.example(Sample.read(what.source, 0), random);
    }
  }

  Pretrained train(Loader<T, E, B> loader) {
    long perEpoch = loader.batchesPerEpoch();
    long steps = plan.stepsOf(perEpoch);
    Kernels watched = clock.map(StepClock::kernels).orElse(kernels);
    Pretrained result;
    try (StepRunner<B> runner = new StepRunner<>(what.task, plan, watched, steps)) {
      long done = restore(runner);
      if (done == 0) {
        picture("views.png", file -> ViewSheet.write(file, loader, what.source));
      }
      watch.start(folder.seconds());
      StepResult last = loop(loader, runner, done, perEpoch);
      double seconds = watch.seconds();
      finish(loader, runner, steps);
      result =
          new Pretrained(
              folder.path(),
              steps,
              last == null ? Double.NaN : last.loss(),
              last == null ? Map.of() : last.measures(),
              seconds,
              loader.unreadable());
    }
    clock.ifPresent(this::writeBreakdown); // the peak is measured with the memory of the steps
    return result;
  }

  /** Fills the runner from the newest checkpoint; returns the steps that are done. */
  private long restore(StepRunner<B> runner) {
    Optional<CheckpointFile> newest = folder.openNewestCheckpoint();
    if (newest.isEmpty()) {
      folder.metrics().cutBackTo(0);
      return 0;
    }
    try (CheckpointFile checkpoint = newest.get()) {
      Map<String, Block> state = runner.state();
      requireFits(checkpoint, state);
      state.forEach(checkpoint::read);
      long done = checkpoint.progress().path(STEPS).asLong();
      runner.resumeAfter(done);
      folder.metrics().cutBackTo(done);
      return done;
    }
  }

  private static void requireFits(CheckpointFile checkpoint, Map<String, Block> state) {
    List<String> missing = new ArrayList<>();
    List<String> misshapen = new ArrayList<>();
    Set<String> unexpected = new TreeSet<>(checkpoint.names());
    state.forEach(
        (name, block) -> {
          if (!unexpected.remove(name)) {
            missing.add(name);
          } else if (checkpoint.type(name) != block.type()
              || !Arrays.equals(checkpoint.shape(name), block.shape())) {
            misshapen.add(
                name
                    + " is "
                    + checkpoint.type(name)
                    + " "
                    + Arrays.toString(checkpoint.shape(name))
                    + ", expected "
                    + block.type()
                    + " "
                    + Arrays.toString(block.shape()));
          }
        });
    if (!missing.isEmpty() || !unexpected.isEmpty() || !misshapen.isEmpty()) {
      throw new MismatchedWeightsException(
          checkpoint.file().toString(), missing, List.copyOf(unexpected), misshapen);
    }
  }

  private StepResult loop(Loader<T, E, B> loader, StepRunner<B> runner, long done, long perEpoch) {
    StepResult result = null;
    long steps = plan.stepsOf(perEpoch);
    Progress.Work work = new Progress.Work(steps, perEpoch, plan.batchSize());
    try (Progress progress = new Progress(what.out, what.terminal, work, done)) {
      long number = done;
      while (number < steps) {
        long epoch = number / perEpoch;
        if (number % perEpoch == 0) {
          what.task.beforeEpoch(runner.epoch(epoch, what.source, loader.options()));
        }
        try (Batches<B> batches = loader.epoch(epoch, number % perEpoch)) {
          while (number < steps && batches.hasNext()) {
            try (LoadedBatch<B> loaded = batches.next()) {
              boolean logged = (number + 1) % plan.logEvery() == 0 || number + 1 == steps;
              clock.ifPresent(StepClock::begin);
              result = runner.run(number, epoch, loaded::open, logged);
              clock.ifPresent(StepClock::end);
              number++;
              progress.update(number, result.loss());
              if (logged) {
                log(result, number, epoch);
              }
              if (number % plan.checkpointEvery() == 0 || number == steps) {
                checkpoint(runner, number);
              }
            }
          }
        }
      }
    }
    return result;
  }

  /** A line of the log; nothing in it depends on time, so that a resumed run repeats it. */
  private void log(StepResult result, long done, long epoch) {
    Map<String, Double> line = new LinkedHashMap<>();
    line.put("epoch", (double) epoch);
    line.put("loss", result.loss());
    line.put(MetricsLog.LEARNING_RATE, result.rate());
    line.put("gradient_norm", result.gradientNorm());
    line.putAll(result.measures());
    line.putAll(collapse.measure(result));
    folder.metrics().append(done, line);
  }

  /** The time is written first: what was done since the last checkpoint has then been paid for. */
  private void checkpoint(StepRunner<B> runner, long done) {
    folder.writeSeconds(watch.seconds());
    ObjectNode progress = JsonNodeFactory.instance.objectNode().put(STEPS, done);
    folder.writeCheckpoint(done, plan.keepCheckpoints(), progress, runner.state());
  }

  private void finish(Loader<T, E, B> loader, StepRunner<B> runner, long steps) {
    EncoderFile.write(folder.encoderFile(), what.encoder, folder.description(), steps);
    picture("curves.png", file -> Curves.draw(folder.metrics().file(), file));
    picture("results.png", file -> ResultSheet.write(file, what.task, loader, runner, kernels));
  }

  private void writeBreakdown(StepClock watched) {
    watched
        .breakdown()
        .ifPresentOrElse(
            folder::writeBreakdown,
            () -> LOG.warn("no breakdown: it needs more than {} steps", StepClock.WARM_UP));
  }

  /**
   * Draws a picture, or warns: a machine without fonts, without Java's desktop module or with a
   * full disk must not cost a run.
   */
  private void picture(String name, Consumer<Path> draw) {
    try {
      draw.accept(folder.picture(name));
    } catch (RuntimeException | LinkageError | InternalError e) {
      LOG.warn("picture {} could not be drawn, the run is not affected: {}", name, e.toString(), e);
    } catch (Error e) {
      if (!e.getClass().getName().startsWith("java.awt.")) { // AWTError, not named: AWT may be away
        throw e;
      }
      LOG.warn("picture {} could not be drawn, the run is not affected: {}", name, e.toString());
    }
  }
}
