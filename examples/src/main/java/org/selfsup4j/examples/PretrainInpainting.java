package org.selfsup4j.examples;

import org.selfsup4j.core.data.Augmentation;
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
      paramLabel = "REGION",
      description =
          "What is missing: ${COMPLETION-CANDIDATES} (if not given, SHAPES, with an adversary"
              + " CENTRE).")
  private RegionChoice region;

  @Option(
      names = "--adversary",
      description =
          "Train against a discriminator, too, as the paper does for sharp pictures; for features"
              + " it takes the reconstruction alone.")
  private boolean adversary;

  /** What {@code --region} names. */
  enum RegionChoice {
    /** The middle, half as wide and high as the image. */
    CENTRE,
    /** Up to six squares, a quarter of the image at most. */
    BLOCKS,
    /** Random shapes, a quarter of the image. */
    SHAPES
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
                  TrainingPlan.of(epochs, batch).withGroups(ParameterGroup.everything());
              return adversary
                  ? plan.withOptimizer(ADAM, Schedule.constant(rate))
                      .withOptimizerOf(
                          ContextEncoder.DISCRIMINATOR, ADAM, Schedule.constant(rate / 10))
                  : plan.withOptimizer(ADAM, Schedule.cosine(rate, 0));
            })
        .withFineTuning();
  }

  private ContextEncoder.Options settings(DataChoice data, int side) {
    var augmentation = data.augmentation(RandomResizedCrop.of(side).withScale(0.5, 1));
    ContextEncoder.Options usual = usual(augmentation, side >= LARGE).withImageSize(side);
    if (region == null) {
      return usual;
    }
    return usual.withRegion(
        switch (region) {
          case CENTRE -> new Region.Centre();
          case BLOCKS -> new Region.Blocks(6);
          case SHAPES -> new Region.Shapes(0.25, side >= LARGE ? 8 : 4);
        });
  }

  private ContextEncoder.Options usual(Augmentation augmentation, boolean large) {
    if (large) {
      return adversary
          ? ContextEncoder.Options.paper(augmentation)
          : ContextEncoder.Options.paperFeatures(augmentation);
    }
    return adversary
        ? ContextEncoder.Options.small(augmentation)
        : ContextEncoder.Options.smallFeatures(augmentation);
  }
}
