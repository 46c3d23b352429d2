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
    aliases = "moco-v2",
    description = "MoCo v2: contrasts views with a momentum teacher's keys and a queue of them.",
    mixinStandardHelpOptions = true)
public final class PretrainMocoV2 extends PretrainCommand {

  private static final int MOST_KEYS = 4096;

  @Option(
      names = "--temperature",
      defaultValue = "0.2",
      description = "Of the softmax over similarities (default: ${DEFAULT-VALUE}).")
  private double temperature;

  @Option(
      names = "--queue",
      paramLabel = "K",
      description =
          "Keys of past batches to contrast with (default: 4096, but at most a quarter of the"
              + " images).")
  private Integer queue;

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
                    .withQueueSize(queue == null ? usualQueue(data.train().size()) : queue)
                    .withTemperature(temperature)
                    .withSplits(splits),
                RandomStream.of(seed).at("task")),
        2e-3,
        (epochs, batch, rate) ->
            TrainingPlan.of(epochs, batch)
                .withOptimizer(AdamW.withDecay(1e-4), new WarmupCosine(rate, 0, 0, 0.05)));
  }

  /**
   * A queue that holds most of a small data set holds older keys of the query's own image, and
   * calls them wrong.
   */
  private static int usualQueue(long images) {
    return (int) Math.max(1, Math.min(MOST_KEYS, images / 4));
  }
}
