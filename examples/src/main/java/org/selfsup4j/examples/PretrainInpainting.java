package org.selfsup4j.examples;

import org.selfsup4j.core.data.RandomResizedCrop;
import org.selfsup4j.core.encoder.FeatureMapEncoder;
import org.selfsup4j.core.optim.Adam;
import org.selfsup4j.core.optim.ParameterGroup;
import org.selfsup4j.core.optim.Schedule;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.train.TrainingPlan;
import org.selfsup4j.pretext.inpainting.ContextEncoder;
import org.selfsup4j.pretext.inpainting.Region;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The context encoder: guess a missing part of an image from the rest. */
@Command(
    name = "inpainting",
    description = "Context encoder: guesses the pixels of a missing part of an image.",
    mixinStandardHelpOptions = true)
public final class PretrainInpainting extends PretrainCommand {

  /** From this side on the paper's settings are taken, below it those for small images. */
  private static final int LARGE = 128;

  private static final Adam ADAM =
      new Adam(0.5, 0.999, 1e-8, 0); // betas of the authors' code, after DCGAN
  private static final double RATE = 2e-3;

  @Option(
      names = "--region",
      defaultValue = "CENTRE",
      description = "What is missing: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private RegionChoice region;

  @Option(
      names = "--without-adversary",
      description = "Train by the reconstruction alone, as the paper does for features.")
  private boolean withoutAdversary;

  /** What {@code --region} names. */
  enum RegionChoice {
    /** The middle, half as wide and high as the image. */
    CENTRE,
    /** Up to six squares, a quarter of the image at most. */
    BLOCKS,
    /** Random shapes, a quarter of the image. */
    SHAPES;

    Region make() {
      return switch (this) {
        case CENTRE -> new Region.Centre();
        case BLOCKS -> new Region.Blocks(6);
        case SHAPES -> new Region.Shapes(0.25, 8);
      };
    }
  }

  /** Runs this example alone. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new PretrainInpainting()).execute(arguments));
  }

  @Override
  PretrainMethod method() {
    return new PretrainMethod(
            EncoderChoice.NARROW18,
            (data, encoder, side, seed) -> {
              if (!(encoder instanceof FeatureMapEncoder maps)) {
                throw new IllegalArgumentException(
                    "the encoder is a "
                        + encoder.getClass().getSimpleName()
                        + ", which has no maps: a context encoder needs an encoder of maps, use"
                        + " --encoder NARROW18");
              }
              return ContextEncoder.of(
                  maps, settings(data, side), RandomStream.of(seed).at("task"));
            },
            RATE,
            (epochs, batch, rate) -> {
              TrainingPlan plan =
                  TrainingPlan.of(epochs, batch)
                      .withOptimizer(ADAM, Schedule.constant(rate))
                      .withGroups(ParameterGroup.everything());
              return withoutAdversary
                  ? plan
                  : plan.withOptimizerOf(
                      ContextEncoder.DISCRIMINATOR, ADAM, Schedule.constant(rate / 10));
            })
        .withFineTuning();
  }

  private ContextEncoder.Options settings(DataChoice data, int side) {
    var augmentation = data.augmentation(RandomResizedCrop.of(side).withScale(0.5, 1));
    ContextEncoder.Options fitting =
        side >= LARGE
            ? ContextEncoder.Options.paper(augmentation)
            : ContextEncoder.Options.small(augmentation);
    ContextEncoder.Options chosen = fitting.withImageSize(side).withRegion(region.make());
    return withoutAdversary ? chosen.withoutAdversary() : chosen;
  }
}
