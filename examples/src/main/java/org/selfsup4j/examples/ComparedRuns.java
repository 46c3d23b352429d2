package org.selfsup4j.examples;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.selfsup4j.core.data.Resize;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.task.ImageTask;
import org.selfsup4j.core.train.Pretrained;
import org.selfsup4j.core.train.Pretraining;
import org.selfsup4j.core.train.RunFolder;
import org.selfsup4j.core.train.TrainingPlan;
import org.selfsup4j.eval.Evaluation;
import org.selfsup4j.eval.compare.Row;
import org.selfsup4j.eval.compare.Setting;
import org.selfsup4j.eval.compare.WeightsHash;
import org.selfsup4j.eval.features.Extraction;
import org.selfsup4j.eval.finetune.FineTuning;
import org.selfsup4j.eval.finetune.LabelledFraction;
import org.selfsup4j.eval.knn.WeightedKnn;
import org.selfsup4j.eval.linear.LinearProbe;
import org.selfsup4j.eval.report.Comparison;

/**
 * Trains and scores the methods of one comparison. The budget becomes a number of steps once,
 * before a method's first step; its run folder remembers it, so that a stopped run keeps its
 * schedule and ends with the same bits.
 *
 * @param data with labels
 * @param setting that all share
 * @param kernels that compute
 * @param folder where each method has a run folder of its name
 */
record ComparedRuns(DataChoice data, Setting setting, Kernels kernels, Path folder) {

  static final int SIDE = 32;

  /**
   * Of the budget, for looking how long a step takes; what is trained in it is thrown away. A step
   * of a JVM that has just begun takes half as long again as later.
   */
  private static final double PACE_SHARE = 0.15;

  private static final double MOST_PACE_SECONDS = 40;

  /** The part of the labels that fine-tuning may use. */
  private static final double LABELS = 0.1;

  /** A stopped run loses at most this part of its steps. */
  private static final int CHECKPOINTS = 20;

  /**
   * Refuses a method that does not fit data and batch, before any is trained.
   *
   * @throws IllegalArgumentException saying why
   */
  void check(String name, PretrainMethod method) {
    long images = data.train().size();
    if (setting.batch() > images) {
      throw new IllegalArgumentException(
          "batch is "
              + setting.batch()
              + ", but there are only "
              + images
              + " training images: choose a smaller one");
    }
    try {
      task(method, encoder(method)).check(setting.batch(), images);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
  }

  private ImageEncoder encoder(PretrainMethod method) {
    return method.encoder(method.usual(), SIDE, setting.seed());
  }

  private ImageTask<?, ?> task(PretrainMethod method, ImageEncoder encoder) {
    return method.taskOf().make(data, encoder, SIDE, setting.seed());
  }

  /**
   * Trains {@code method}, or goes on with it, and scores it.
   *
   * @param rawKnn the pixels' score, where it is known
   */
  Row row(String name, PretrainMethod method, String command, OptionalDouble rawKnn) {
    ImageEncoder trained = encoder(method);
    ImageTask<?, ?> task = task(method, trained);
    ImageEncoder result = method.taskOf().result(task, trained);
    Pretrained run = train(name, method, task, result);
    ImageEncoder untrained = encoder(method);
    Evaluation scores =
        Evaluation.of(data.train(), data.test(), extraction())
            .withKnn(WeightedKnn.nearest20())
            .withLinear(LinearProbe.standard())
            .withSeed(setting.seed());
    Comparison.Row before = scores.row("untrained", "untrained " + name, untrained, kernels);
    Comparison.Row after = scores.row("pretrained", "pretrained " + name, result, kernels);
    String weightsHash = WeightsHash.of(untrained); // fine-tuning changes them
    Optional<Comparison> tuned =
        method.finetuned() ? Optional.of(finetuned(untrained, result)) : Optional.empty();
    return new Row(
        name,
        value(after, 0),
        value(after, 1),
        value(before, 0),
        value(before, 1),
        rawKnn.orElseGet(() -> value(scores.withLinear().pixels(kernels), 0)),
        tuned.map(both -> both.score("pretrained", FineTuning.COLUMN).value()).orElse(null),
        tuned.map(both -> both.score("untrained", FineTuning.COLUMN).value()).orElse(null),
        run.seconds(),
        run.steps() * setting.batch(),
        method.usual().toString(),
        weightsHash,
        after.scores().get(0).testSamples(),
        setting.train(),
        setting.test(),
        setting.minutes(),
        setting.batch(),
        setting.threads(),
        setting.seed(),
        command);
  }

  private Extraction extraction() {
    return Extraction.of(Resize.of(SIDE), data.normalize());
  }

  private Comparison finetuned(ImageEncoder untrained, ImageEncoder pretrained) {
    return Finetune.tuning(pretrained, data, SIDE)
        .withLabels(new LabelledFraction(LABELS, setting.seed()))
        .compare(untrained, pretrained, data.train(), data.test(), extraction(), kernels);
  }

  private static double value(Comparison.Row row, int column) {
    return row.scores().get(column).value();
  }

  private Pretrained train(
      String name, PretrainMethod method, ImageTask<?, ?> task, ImageEncoder result) {
    Path run = folder.resolve(name);
    boolean started = RunFolder.holdsRun(run);
    long steps = started ? plannedSteps(run) : measuredSteps(name, method);
    Pretraining<?, ?, ?> pretraining =
        pretraining(task, plan(method, steps))
            .withEncoder(result)
            .withProgress(System.err, Boolean.getBoolean("selfsup.terminal"));
    return started ? pretraining.resume(run, false) : pretraining.run(run);
  }

  private <E, B> Pretraining<?, E, B> pretraining(ImageTask<E, B> task, TrainingPlan plan) {
    return Pretraining.of(task, data.train(), plan).withKernels(kernels);
  }

  /** All of it follows from {@code steps}, so a resumed run makes the same plan. */
  private TrainingPlan plan(PretrainMethod method, long steps) {
    long perEpoch = data.train().size() / setting.batch();
    int epochs = Math.toIntExact((steps + perEpoch - 1) / perEpoch);
    return method
        .plan(epochs, setting.batch())
        .withSeed(setting.seed())
        .withSteps(steps)
        .withCheckpoints(Math.toIntExact(Math.max(1, steps / CHECKPOINTS)), 2);
  }

  private long measuredSteps(String name, PretrainMethod method) {
    double seconds = 60 * setting.minutes();
    ImageTask<?, ?> copy = task(method, encoder(method));
    TrainingPlan plan = method.plan(1, setting.batch()).withSeed(setting.seed());
    double look = Math.min(MOST_PACE_SECONDS, PACE_SHARE * seconds);
    var pace = pretraining(copy, plan).pace(look);
    long steps = pace.stepsIn(seconds);
    System.err.printf(
        Locale.ROOT,
        "%s: %.3f s a step, so %d steps in %s minutes%n",
        name,
        pace.secondsPerStep(),
        steps,
        setting.minutes());
    return steps;
  }

  private static long plannedSteps(Path run) {
    JsonNode steps = RunFolder.description(run).settings().at("/plan/steps");
    if (!steps.canConvertToLong() || !steps.isIntegralNumber()) {
      throw new IllegalStateException(
          run + " holds a run without planned steps: it is not one of a comparison, move it away");
    }
    return steps.longValue();
  }
}
