package org.selfsup4j.examples;

import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.ColorJitter;
import org.selfsup4j.core.data.RandomApply;
import org.selfsup4j.core.data.RandomGrayscale;
import org.selfsup4j.core.data.RandomResizedCrop;
import org.selfsup4j.core.data.Solarize;
import org.selfsup4j.core.encoder.PatchEncoder;
import org.selfsup4j.core.optim.AdamW;
import org.selfsup4j.core.optim.WarmupCosine;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.train.TrainingPlan;
import org.selfsup4j.pretext.moco.MocoV3;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** MoCo v3: predicts the momentum teacher's key of the other view, among those of the batch. */
@Command(
    name = "moco-v3",
    description = "MoCo v3: predicts a momentum teacher's keys; for vision transformers.",
    mixinStandardHelpOptions = true)
public final class PretrainMocoV3 extends PretrainCommand {

  @Option(
      names = "--temperature",
      defaultValue = "0.2",
      description = "Of the softmax over similarities (default: ${DEFAULT-VALUE}).")
  private double temperature;

  /** Runs this example alone. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new PretrainMocoV3()).execute(arguments));
  }

  @Override
  PretrainMethod method() {
    return new PretrainMethod(
        EncoderChoice.VIT_TINY,
        (data, encoder, side, seed) -> {
          RandomResizedCrop crop = RandomResizedCrop.of(side).withScale(0.2, 1);
          RandomApply colors = new RandomApply(0.8, ColorJitter.of(0.4, 0.4, 0.2, 0.1));
          RandomGrayscale gray = new RandomGrayscale(0.2);
          Augmentation first = data.augmentation(crop, colors, gray);
          Augmentation second =
              data.augmentation(crop, colors, gray, new RandomApply(0.2, Solarize.half()));
          return MocoV3.of(
              encoder,
              MocoV3.Options.small(first, second)
                  .withTemperature(temperature)
                  .withFrozenPatches(encoder instanceof PatchEncoder),
              RandomStream.of(seed).at("task"));
        },
        1e-3,
        (epochs, batch, rate) ->
            TrainingPlan.of(epochs, batch)
                .withOptimizer(AdamW.withDecay(0.1), WarmupCosine.of(rate)));
  }
}
