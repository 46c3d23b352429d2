package org.selfsup4j.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.Normalize;
import org.selfsup4j.core.data.Resize;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.kernel.TimedKernels;
import org.selfsup4j.core.task.ImageTask;
import org.selfsup4j.core.train.Pretrained;
import org.selfsup4j.core.train.Pretraining;
import org.selfsup4j.core.train.RunFolder;
import org.selfsup4j.core.train.TrainingPlan;
import org.selfsup4j.eval.Evaluation;
import org.selfsup4j.eval.features.Extraction;
import org.selfsup4j.eval.report.Comparison;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What all {@code pretrain} commands are asked, and how they run and report. */
final class PretrainOptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--data",
      defaultValue = "embedded",
      paramLabel = "DIR|embedded",
      description =
          "'embedded' photos of hands, a folder of CIFAR-10's binary files, or a folder of images"
              + " with one folder a class (default: ${DEFAULT-VALUE}).")
  private String data;

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description =
          "Decode the images once, into a file in this folder, and read them from there in every"
              + " epoch and run.")
  private Path cache;

  @Option(
      names = "--cache-side",
      paramLabel = "PIXELS",
      description =
          "With --cache: resize larger images in it to this shorter side, at least --side; crops"
              + " are then taken from the resized images (if not given, images stay as they are).")
  private Integer cacheSide;

  @Option(
      names = "--encoder",
      description = "One of ${COMPLETION-CANDIDATES}; the default depends on the task.")
  private EncoderChoice encoder;

  @Option(
      names = "--epochs",
      defaultValue = "20",
      description = "Passes over the data (default: ${DEFAULT-VALUE}).")
  private int epochs;

  @Option(
      names = "--batch",
      defaultValue = "64",
      description = "Images of a step (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(names = "--rate", description = "Highest learning rate; the default depends on the task.")
  private Double rate;

  @Option(
      names = "--side",
      defaultValue = "32",
      description = "Side of the images in pixels (default: ${DEFAULT-VALUE}).")
  private int side;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder of the run; new, or with --resume the one to go on with.")
  private Path out;

  @Option(names = "--resume", description = "Go on with the run in --out.")
  private boolean resume;

  @Option(
      names = "--resume-anyway",
      description = "Go on even where the result can't have the same bits.")
  private boolean resumeAnyway;

  @Option(
      names = "--seed",
      defaultValue = "0",
      description = "Of every random draw (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--breakdown",
      arity = "0..1",
      fallbackValue = "operations",
      paramLabel = "operations|shapes",
      description =
          "Write where the time of the steps went to breakdown.txt and breakdown.json in --out: by"
              + " operation, or by operation and shapes.")
  private TimedKernels.Detail breakdown;

  @Mixin private PrecisionOption computed;

  /** Trains, scores and reports; mistakes of the user become messages without a stack trace. */
  int run(PretrainMethod method) {
    return UserMistakes.explained(spec, () -> train(method));
  }

  private void train(PretrainMethod method) {
    DataChoice choice = DataChoice.of(data, cache, cacheSide());
    EncoderChoice kind = encoder == null ? method.usual() : encoder;
    ImageEncoder trained = method.encoder(kind, side, seed);
    Kernels kernels = KernelSets.choose();
    if (!goesOn()) {
      RunFolder.requireUnused(out); // before anything that takes time
    } else if (RunFolder.holdsRun(out)) {
      kernels.setThreads(RunFolder.description(out).threads());
    }
    ImageTask<?, ?> task = method.taskOf().make(choice, trained, side, seed);
    ImageEncoder pretrained = method.taskOf().result(task, trained);
    Source<Image> source = method.taskOf().source(choice, side, seed, kernels);
    Pretrained result = train(task, pretrained, source, plan(method), kernels);
    report(result, choice, method.encoder(kind, side, seed), pretrained, kernels);
  }

  private TrainingPlan plan(PretrainMethod method) {
    return method
        .planOf()
        .make(epochs, batch, rate == null ? method.rate() : rate)
        .withSeed(seed)
        .withPrecision(computed.precision());
  }

  private boolean goesOn() {
    return resume || resumeAnyway;
  }

  private int cacheSide() {
    if (cacheSide == null) {
      return 0;
    }
    if (cache == null || cacheSide < side) {
      throw new IllegalArgumentException(
          "--cache-side is "
              + cacheSide
              + ": it needs --cache DIR, and must be at least --side, which is "
              + side);
    }
    return cacheSide;
  }

  private <E, B> Pretrained train(
      ImageTask<E, B> task,
      ImageEncoder pretrained,
      Source<Image> source,
      TrainingPlan plan,
      Kernels kernels) {
    Pretraining<?, ?, ?> run =
        Pretraining.of(task, source, plan)
            .withKernels(kernels)
            .withEncoder(pretrained)
            .withProgress(System.err, Boolean.getBoolean("selfsup.terminal"));
    run = breakdown == null ? run : run.withBreakdown(breakdown);
    return goesOn() ? run.resume(out, resumeAnyway) : run.run(out);
  }

  private void report(
      Pretrained result,
      DataChoice choice,
      ImageEncoder untrained,
      ImageEncoder pretrained,
      Kernels kernels) {
    PrintWriter print = spec.commandLine().getOut();
    if (choice.isLabelled()) {
      evaluate(choice, side, seed, untrained, pretrained, kernels, result, print);
    } else {
      print.println("the data has no labels, so the features are not scored");
    }
    print.printf(
        Locale.ROOT, "trained %d steps in %.0f s: %s%n", result.steps(), result.seconds(), out);
    print.flush();
  }

  /** Prints the table and writes {@code summary.json} beside the encoder. */
  static void evaluate(
      DataChoice choice,
      int side,
      long seed,
      ImageEncoder untrained,
      ImageEncoder pretrained,
      Kernels kernels,
      Pretrained result,
      PrintWriter print) {
    Normalize normalize = choice.normalize();
    Comparison comparison =
        Evaluation.of(choice.train(), choice.test(), Extraction.of(Resize.of(side), normalize))
            .withSeed(seed)
            .compare(untrained, pretrained, kernels);
    print.println(comparison);
    comparison.writeJson(
        result.folder().resolve("summary.json"), Map.of("seconds", result.seconds()));
    print.flush();
  }
}
