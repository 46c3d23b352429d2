package org.selfsup4j.examples;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Augmentations;
import org.selfsup4j.core.data.ColorJitter;
import org.selfsup4j.core.data.EmbeddedDigits;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.Normalize;
import org.selfsup4j.core.data.RandomApply;
import org.selfsup4j.core.data.RandomGrayscale;
import org.selfsup4j.core.data.RandomResizedCrop;
import org.selfsup4j.core.data.Split;
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
      description = "Folder of the run; must be new (default: ${DEFAULT-VALUE}).")
  private Path out;

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

  /** A view of a hand: no flips, since a hand has two sides. */
  static Augmentation view() {
    return Augmentations.of(
        RandomResizedCrop.of(SIDE).withScale(0.2, 1),
        new RandomApply(0.8, ColorJitter.of(0.4, 0.4, 0.4, 0)),
        new RandomGrayscale(0.2),
        normalize());
  }

  static Normalize normalize() {
    return Normalize.of(new double[] {0.5, 0.5, 0.5}, new double[] {0.25, 0.25, 0.25});
  }

  /** The encoder as it is before training. */
  static ResNet encoder(long seed) {
    return ResNet.narrow18(ResNet.Stem.SMALL, RandomStream.of(seed).at("encoder"));
  }

  @Override
  public Integer call() {
    Split<Image> split = Split.everyNth(EmbeddedDigits.load(), 5);
    ResNet encoder = encoder(seed);
    SimClr task =
        new SimClr(
            encoder,
            ProjectionHead.of(RandomStream.of(seed).at("projector"), encoder.width(), 128, 64),
            new SimClr.Options(0.1, view()));
    TrainingPlan plan =
        TrainingPlan.of(epochs, 64)
            .withSeed(seed)
            .withOptimizer(AdamW.withDecay(1e-4), new WarmupCosine(4e-3, 0, 1.6e-4, 0.1));
    PrintStream terminal = System.err;
    Pretrained result =
        Pretraining.of(task, split.train(), plan)
            .withProgress(terminal, Boolean.getBoolean("selfsup.terminal"))
            .run(out);
    spec.commandLine().getOut().println(result);
    return 0;
  }
}
