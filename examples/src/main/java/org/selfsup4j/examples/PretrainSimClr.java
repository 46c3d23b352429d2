package org.selfsup4j.examples;

import org.selfsup4j.core.optim.AdamW;
import org.selfsup4j.core.optim.WarmupCosine;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.train.TrainingPlan;
import org.selfsup4j.pretext.simclr.SimClr;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** SimCLR: two views of an image shall be nearer to each other than to those of other images. */
@Command(
    name = "simclr",
    description = "SimCLR: contrasts two views of each image with all others of the batch.",
    mixinStandardHelpOptions = true)
public final class PretrainSimClr extends PretrainCommand {

  @Option(
      names = "--temperature",
      defaultValue = "0.1",
      description = "Of the softmax over similarities (default: ${DEFAULT-VALUE}).")
  private double temperature;

  /** Runs this example alone. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new PretrainSimClr()).execute(arguments));
  }

  @Override
  PretrainMethod method() {
    return new PretrainMethod(
        EncoderChoice.NARROW18,
        (data, encoder, side, seed) ->
            SimClr.of(
                encoder,
                SimClr.Options.small(data.contrastive(side, 0.1)).withTemperature(temperature),
                RandomStream.of(seed).at("task")),
        4e-3,
        (epochs, batch, rate) ->
            TrainingPlan.of(epochs, batch)
                .withOptimizer(AdamW.withDecay(1e-4), new WarmupCosine(rate, 0, rate / 25, 0.1)));
  }
}
