package org.selfsup4j.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.optim.AdamW;
import org.selfsup4j.core.optim.WarmupCosine;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.train.Pretrained;
import org.selfsup4j.core.train.Pretraining;
import org.selfsup4j.core.train.TrainingPlan;
import org.selfsup4j.models.ResNet;
import org.selfsup4j.pretext.parts.ProjectionHead;
import org.selfsup4j.pretext.simclr.SimClr;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code selfsup quickstart}: SimCLR on two thousand photos of hands, in four minutes on two cores,
 * and what the features are worth.
 */
@Command(
    name = "quickstart",
    description = "Pretrains a small ResNet-18 on the embedded photos of hands, then probes it.",
    mixinStandardHelpOptions = true)
final class Quickstart implements Callable<Integer> {

  static final int SIDE = 32;

  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      defaultValue = "runs/quickstart",
      description =
          "Folder of the run; new, or with --resume the one to go on with (default:"
              + " ${DEFAULT-VALUE}).")
  private Path out;

  @Option(names = "--resume", description = "Go on with the run in --out.")
  private boolean resume;

  @Option(
      names = "--epochs",
      defaultValue = "20",
      description = "Passes over the photos (default: ${DEFAULT-VALUE}).")
  private int epochs;

  @Option(
      names = "--seed",
      defaultValue = "0",
      description = "Of every random draw (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Override
  public Integer call() {
    return UserMistakes.explained(spec, this::run);
  }

  private void run() {
    DataChoice hands = DataChoice.of("embedded");
    ResNet encoder = encoder(seed);
    Kernels kernels = KernelSets.choose();
    Pretraining<?, ?, ?> run =
        Pretraining.of(task(encoder, hands, seed), hands.train(), plan(epochs, seed))
            .withKernels(kernels)
            .withProgress(System.err, Boolean.getBoolean("selfsup.terminal"));
    Pretrained result = resume ? run.resume(out, false) : run.run(out);
    PrintWriter print = spec.commandLine().getOut();
    PretrainOptions.evaluate(hands, SIDE, seed, encoder(seed), encoder, kernels, result, print);
    print.printf(
        Locale.ROOT,
        "trained in %.0f s; look at %s and %s%n",
        result.seconds(),
        out.resolve("pictures"),
        out.resolve("summary.json"));
    print.flush();
  }

  /** The encoder as it is before training. */
  private static ResNet encoder(long seed) {
    return ResNet.narrow18(ResNet.Stem.SMALL, RandomStream.of(seed).at("encoder"));
  }

  private static SimClr task(ResNet encoder, DataChoice hands, long seed) {
    return new SimClr(
        encoder,
        ProjectionHead.of(RandomStream.of(seed).at("projector"), encoder.width(), 128, 64),
        SimClr.Options.small(hands.contrastive(SIDE, 0)));
  }

  private static TrainingPlan plan(int epochs, long seed) {
    return TrainingPlan.of(epochs, 64)
        .withSeed(seed)
        .withOptimizer(AdamW.withDecay(1e-4), new WarmupCosine(4e-3, 0, 1.6e-4, 0.1));
  }
}
