package org.selfsup4j.examples;

import org.selfsup4j.core.optim.AdamW;
import org.selfsup4j.core.optim.WarmupCosine;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.train.TrainingPlan;
import org.selfsup4j.pretext.moco.MocoV2;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * MoCo v2: a view shall be nearer to the teacher's key of its other view than to a queue of keys.
 */
@Command(
    name = "moco",
    description = "MoCo v2: contrasts views with a momentum teacher's keys and a queue of them.",
    mixinStandardHelpOptions = true)
public final class PretrainMocoV2 extends PretrainCommand {

  @Option(
      names = "--temperature",
      defaultValue = "0.2",
      description = "Of the softmax over similarities (default: ${DEFAULT-VALUE}).")
  private double temperature;

  @Option(
      names = "--queue",
      defaultValue = "4096",
      description = "Keys of past batches to contrast with (default: ${DEFAULT-VALUE}).")
  private int queue;

  @Option(
      names = "--splits",
      defaultValue = "2",
      description =
          "Parts of a batch with batch statistics of their own (default: ${DEFAULT-VALUE}).")
  private int splits;

  /** Runs this example alone. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new PretrainMocoV2()).execute(arguments));
  }

  @Override
  PretrainMethod method() {
    return new PretrainMethod(
        EncoderChoice.NARROW18,
        (data, encoder, side, seed) ->
            MocoV2.of(
                encoder,
                MocoV2.Options.small(data.contrastive(side, 0.1))
                    .withQueueSize(queue)
                    .withTemperature(temperature)
                    .withSplits(splits),
                RandomStream.of(seed).at("task")),
        (epochs, batch) ->
            TrainingPlan.of(epochs, batch)
                .withOptimizer(AdamW.withDecay(1e-4), new WarmupCosine(4e-3, 0, 1.6e-4, 0.1)));
  }
}
