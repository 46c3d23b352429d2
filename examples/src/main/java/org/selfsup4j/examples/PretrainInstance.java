package org.selfsup4j.examples;

import org.selfsup4j.core.optim.AdamW;
import org.selfsup4j.core.optim.WarmupCosine;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.train.TrainingPlan;
import org.selfsup4j.pretext.instance.InstanceDiscrimination;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Instance discrimination: a view shall be nearest to the row that a bank holds of its image. */
@Command(
    name = "instance",
    description = "Instance discrimination: finds each image among all others in a memory bank.",
    mixinStandardHelpOptions = true)
public final class PretrainInstance extends PretrainCommand {

  @Option(
      names = "--temperature",
      defaultValue = "0.1",
      description = "Of the softmax over similarities (default: ${DEFAULT-VALUE}).")
  private double temperature;

  @Option(
      names = "--negatives",
      defaultValue = "0",
      description =
          "Rows of the bank to tell an image from by noise-contrastive estimation, at most the"
              + " number of images; 0 compares with all of them exactly (default:"
              + " ${DEFAULT-VALUE}).")
  private int negatives;

  @Option(
      names = "--bank-momentum",
      defaultValue = "0.5",
      description =
          "Share of its old self that a row of the bank keeps (default: ${DEFAULT-VALUE}).")
  private double momentum;

  @Option(
      names = "--proximity",
      defaultValue = "0",
      description =
          "Weight of the proximal term that holds an embedding near its row (default:"
              + " ${DEFAULT-VALUE}).")
  private double proximity;

  /** Runs this example alone. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new PretrainInstance()).execute(arguments));
  }

  @Override
  PretrainMethod method() {
    return new PretrainMethod(
        EncoderChoice.NARROW18,
        (data, encoder, side, seed) ->
            InstanceDiscrimination.of(
                encoder,
                data.train().size(),
                InstanceDiscrimination.Options.small(data.contrastive(side, 0.1))
                    .withNegatives(negatives)
                    .withTemperature(temperature)
                    .withBankMomentum(momentum)
                    .withProximity(proximity),
                RandomStream.of(seed).at("task")),
        1e-3,
        (epochs, batch, rate) ->
            TrainingPlan.of(epochs, batch)
                .withOptimizer(AdamW.withDecay(1e-4), new WarmupCosine(rate, 0, rate / 25, 0.1)));
  }
}
