package org.selfsup4j.core.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.selfsup4j.core.data.Loader;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.kernel.TimedKernels;
import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.task.PretextTask;

/**
 * Trains a task on a source: the one class that a user needs for it.
 *
 * <pre>{@code
 * Pretraining.of(task, source, TrainingPlan.of(20, 64)).run(Path.of("runs/first"));
 * }</pre>
 *
 * The run's folder holds settings, log, curves, pictures, checkpoints and the encoder. A run that
 * was stopped at any moment goes on with {@link #resume} and ends with the same bits.
 *
 * @param <T> what the source yields
 * @param <E> the task's examples
 * @param <B> the task's batches
 */
public final class Pretraining<T, E, B> {

  final PretextTask<T, E, B> task;
  final Source<T> source;
  final TrainingPlan plan;
  final Kernels kernels;
  final Module encoder;
  final int loaderThreads;
  final int prefetch;
  final PrintStream out;
  final boolean terminal;
  final Optional<TimedKernels.Detail> breakdown;

  private Pretraining(
      PretextTask<T, E, B> task,
      Source<T> source,
      TrainingPlan plan,
      Kernels kernels,
      Module encoder,
      int loaderThreads,
      int prefetch,
      PrintStream out,
      boolean terminal,
      Optional<TimedKernels.Detail> breakdown) {
    this.task = task;
    this.source = source;
    this.plan = plan;
    this.kernels = kernels;
    this.encoder = encoder;
    this.loaderThreads = loaderThreads;
    this.prefetch = prefetch;
    this.out = out;
    this.terminal = terminal;
    this.breakdown = breakdown;
  }

  /**
   * A run of {@code task} on {@code source} by {@code plan}, silent, with the fastest kernels. The
   * encoder that is saved is the task's component called {@code encoder}, or else the whole task.
   */
  public static <T, E, B> Pretraining<T, E, B> of(
      PretextTask<T, E, B> task, Source<T> source, TrainingPlan plan) {
    Parts.of(task); // refuses by name what could not be found, trained and saved
    LoaderShare share = LoaderShare.of(Runtime.getRuntime().availableProcessors());
    return new Pretraining<>(
        task,
        source,
        plan,
        null,
        EncoderFile.encoderOf(task),
        share.threads(),
        share.prefetch(),
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
        false,
        Breakdown.detail(System.getProperty(Breakdown.PROPERTY)));
  }

  /** The same with given kernels. */
  public Pretraining<T, E, B> withKernels(Kernels given) {
    return new Pretraining<>(
        task, source, plan, given, encoder, loaderThreads, prefetch, out, terminal, breakdown);
  }

  /** The same, saving {@code module} as the encoder. */
  public Pretraining<T, E, B> withEncoder(Module module) {
    return new Pretraining<>(
        task, source, plan, kernels, module, loaderThreads, prefetch, out, terminal, breakdown);
  }

  /**
   * The same with given loader threads; the batches stay the same to the bit.
   *
   * @param batchesAhead 0 lets the threads work only while the step waits for them
   */
  public Pretraining<T, E, B> withLoader(int threads, int batchesAhead) {
    return new Pretraining<>(
        task, source, plan, kernels, encoder, threads, batchesAhead, out, terminal, breakdown);
  }

  /** The same, showing progress: a bar on a terminal, else a line now and then. */
  public Pretraining<T, E, B> withProgress(PrintStream stream, boolean isTerminal) {
    return new Pretraining<>(
        task,
        source,
        plan,
        kernels,
        encoder,
        loaderThreads,
        prefetch,
        stream,
        isTerminal,
        breakdown);
  }

  /**
   * The same, measuring every operation of its steps: {@code breakdown.txt} and {@code
   * breakdown.json} in the run's folder then say where the time went. The system property {@value
   * Breakdown#PROPERTY} does the same for every run.
   */
  public Pretraining<T, E, B> withBreakdown(TimedKernels.Detail detail) {
    return new Pretraining<>(
        task,
        source,
        plan,
        kernels,
        encoder,
        loaderThreads,
        prefetch,
        out,
        terminal,
        Optional.of(detail));
  }

  /**
   * Trains in a new folder.
   *
   * @throws IllegalStateException if the folder holds something already
   * @throws java.io.UncheckedIOException if it can't be written
   * @throws IllegalArgumentException if task, plan and source do not fit together
   * @throws DivergedException if the loss leaves the numbers
   */
  public Pretrained run(Path folder) {
    Kernels chosen = kernels();
    try (Loader<T, E, B> loader = Run.loader(this);
        RunFolder run = RunFolder.create(folder, describe(chosen))) {
      return new Run<>(this, chosen, run).train(loader);
    }
  }

  /**
   * Trains for about {@code seconds}, six steps at least, to see how long a step takes. No file is
   * written, but the weights move: take a copy of the task that is trained for good.
   *
   * @throws IllegalArgumentException if task, plan and source do not fit together
   * @throws DivergedException if the loss leaves the numbers
   */
  public Pace pace(double seconds) {
    return Pace.measure(this, kernels(), seconds);
  }

  /**
   * Goes on with the run in {@code folder} from its newest checkpoint.
   *
   * @param anyway whether to go on although settings, versions or machine differ, so that the bits
   *     of the result are not those of a run that was never stopped
   * @throws IllegalStateException if the folder holds no run, or something differs and {@code
   *     anyway} is false; the message lists what
   */
  public Pretrained resume(Path folder, boolean anyway) {
    Kernels chosen = kernels();
    try (RunFolder run = RunFolder.resume(folder)) {
      chosen.setThreads(run.description().threads());
      List<String> differences = run.description().differences(describe(chosen));
      if (!differences.isEmpty() && !anyway) {
        throw new IllegalStateException(
            "the run in "
                + folder
                + " can't go on with the same bits: "
                + String.join("; ", differences)
                + ". Repeat what it was started with, or say to resume anyway (--resume-anyway)");
      }
      try (Loader<T, E, B> loader = Run.loader(this)) {
        return new Run<>(this, chosen, run).train(loader);
      }
    }
  }

  private Kernels kernels() {
    return kernels == null ? KernelSets.choose() : kernels;
  }

  private RunDescription describe(Kernels chosen) {
    ObjectNode settings = SettingsJson.of(plan);
    ObjectNode all = settings.objectNode();
    all.set("task", SettingsJson.of((Record) task));
    all.set("plan", settings);
    return RunDescription.of(
        all, plan.seed(), source.description(), chosen.threads(), chosen.implementation());
  }
}
