package org.selfsup4j.examples;

import org.selfsup4j.core.data.RandomResizedCrop;
import org.selfsup4j.core.encoder.PatchEncoder;
import org.selfsup4j.core.optim.AdamW;
import org.selfsup4j.core.optim.WarmupCosine;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.train.TrainingPlan;
import org.selfsup4j.pretext.mae.MaskedAutoencoder;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The masked autoencoder: guess three quarters of an image from the fourth. */
@Command(
    name = "mae",
    description = "Masked autoencoder: guesses the masked patches of an image.",
    mixinStandardHelpOptions = true)
public final class PretrainMae extends PretrainCommand {

  @Option(
      names = "--mask-ratio",
      defaultValue = "0.75",
      description = "Part of the patches that is masked (default: ${DEFAULT-VALUE}).")
  private double maskRatio;

  /** Runs this example alone. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new PretrainMae()).execute(arguments));
  }

  @Override
  PretrainMethod method() {
    return new PretrainMethod(
            EncoderChoice.VIT_TINY,
            (data, encoder, side, seed) -> {
              if (!(encoder instanceof PatchEncoder patches)) {
                throw new IllegalArgumentException(
                    "the encoder is a "
                        + encoder.getClass().getSimpleName()
                        + ", which has no patches: a masked autoencoder needs an encoder of patches,"
                        + " use --encoder VIT_TINY");
              }
              return MaskedAutoencoder.of(
                  patches,
                  MaskedAutoencoder.Options.small(
                          data.augmentation(RandomResizedCrop.of(side).withScale(0.5, 1)))
                      .withMaskRatio(maskRatio),
                  RandomStream.of(seed).at("task"));
            },
            1e-3,
            (epochs, batch, rate) ->
                TrainingPlan.of(epochs, batch)
                    .withOptimizer(AdamW.forMaskedAutoencoders(), WarmupCosine.of(rate)))
        .withFineTuning();
  }
}
