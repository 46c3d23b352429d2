package org.selfsup4j.core.train;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.selfsup4j.core.data.Batches;
import org.selfsup4j.core.data.LoadedBatch;
import org.selfsup4j.core.data.Loader;
import org.selfsup4j.core.data.LoaderOptions;
import org.selfsup4j.core.format.CheckpointFile;
import org.selfsup4j.core.format.CorruptFileException;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.Epoch;

/** One run at work: from the newest checkpoint, or the start, to the end. */
final class Run<T, E, B> {

  private static final String STEPS = "steps";

  private final Pretraining<T, E, B> what;
  private final TrainingPlan plan;
  private final Kernels kernels;
  private final RunFolder folder;
  private final CollapseWatch collapse = new CollapseWatch();

  Run(Pretraining<T, E, B> what, Kernels kernels, RunFolder folder) {
    this.what = what;
    this.plan = what.plan;
    this.kernels = kernels;
    this.folder = folder;
  }

  Pretrained train() {
    what.task.check(plan.batchSize(), what.source.size());
    LoaderOptions options =
        LoaderOptions.training(plan.batchSize(), plan.seed())
            .withThreads(what.loaderThreads)
            .withPrefetch(what.prefetch);
    try (Loader<T, E, B> loader =
        new Loader<>(what.source, what.task::example, what.task.stacking(), options)) {
      long perEpoch = loader.batchesPerEpoch();
      long steps = perEpoch * plan.epochs();
      try (StepRunner<B> runner = new StepRunner<>(what.task, plan, kernels, steps)) {
        long done = restore(runner);
        if (done == 0) {
          ViewSheet.write(folder.picture("views.png"), loader, what.source);
        }
        long start = System.nanoTime();
        StepResult last = loop(loader, runner, done, perEpoch);
        double seconds = (System.nanoTime() - start) / 1e9;
        finish(loader, runner, steps);
        return new Pretrained(
            folder.path(),
            steps,
            last == null ? Double.NaN : last.loss(),
            last == null ? Map.of() : last.measures(),
            seconds,
            loader.unreadable());
      }
    }
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
      if (!state.keySet().equals(checkpoint.names())) {
        throw new CorruptFileException(
            checkpoint.file(), "tensors", "are of another task or optimizer than this run's");
      }
      state.forEach(checkpoint::read);
      long done = checkpoint.progress().path(STEPS).asLong();
      runner.resumeAfter(done);
      folder.metrics().cutBackTo(done);
      return done;
    }
  }

  private StepResult loop(Loader<T, E, B> loader, StepRunner<B> runner, long done, long perEpoch) {
    StepResult result = null;
    long steps = perEpoch * plan.epochs();
    Progress.Work work = new Progress.Work(steps, perEpoch, plan.batchSize());
    try (Progress progress = new Progress(what.out, what.terminal, work, done)) {
      long number = done;
      while (number < steps) {
        long epoch = number / perEpoch;
        if (number % perEpoch == 0) {
          what.task.beforeEpoch(
              new Epoch(epoch, plan.epochs(), RandomStream.of(plan.seed()).at("epoch").at(epoch)));
        }
        try (Batches<B> batches = loader.epoch(epoch, number % perEpoch)) {
          while (batches.hasNext()) {
            try (LoadedBatch<B> loaded = batches.next()) {
              boolean logged = (number + 1) % plan.logEvery() == 0 || number + 1 == steps;
              result = runner.run(number, epoch, loaded::open, logged);
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
    line.put("learning_rate", result.rate());
    line.put("gradient_norm", result.gradientNorm());
    line.putAll(result.measures());
    line.putAll(collapse.measure(result));
    folder.metrics().append(done, line);
  }

  private void checkpoint(StepRunner<B> runner, long done) {
    ObjectNode progress = JsonNodeFactory.instance.objectNode().put(STEPS, done);
    folder.writeCheckpoint(done, plan.keepCheckpoints(), progress, runner.state());
  }

  private void finish(Loader<T, E, B> loader, StepRunner<B> runner, long steps) {
    EncoderFile.write(folder.encoderFile(), what.encoder, folder.description(), steps);
    Curves.draw(folder.metrics().file(), folder.picture("curves.png"));
    ResultSheet.write(folder.picture("results.png"), what.task, loader, runner, kernels);
  }
}
