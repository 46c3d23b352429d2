package org.selfsup4j.examples;

import org.selfsup4j.core.data.Augmentations;
import org.selfsup4j.core.data.ColorJitter;
import org.selfsup4j.core.data.RandomApply;
import org.selfsup4j.core.data.RandomGrayscale;
import org.selfsup4j.core.data.RandomResizedCrop;
import org.selfsup4j.core.data.Resize;
import org.selfsup4j.core.optim.Sgd;
import org.selfsup4j.core.optim.WarmupCosine;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.train.TrainingPlan;
import org.selfsup4j.pretext.clustering.DeepCluster;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** DeepCluster: the encoder learns the clusters that its own features fall into. */
@Command(
    name = "deep-cluster",
    description =
        "DeepCluster: learns to tell the clusters of its own features apart, new ones in"
            + " each epoch.",
    mixinStandardHelpOptions = true)
public final class PretrainDeepCluster extends PretrainCommand {

  @Option(
      names = "--clusters",
      defaultValue = "50",
      description = "Clusters of k-means (default: ${DEFAULT-VALUE}).")
  private int clusters;

  @Option(
      names = "--components",
      defaultValue = "32",
      description = "Principal components that are clustered (default: ${DEFAULT-VALUE}).")
  private int components;

  /** Runs this example alone. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new PretrainDeepCluster()).execute(arguments));
  }

  @Override
  PretrainMethod method() {
    return new PretrainMethod(
        EncoderChoice.NARROW18,
        (data, encoder, side, seed) ->
            DeepCluster.of(
                encoder,
                data.train().size(),
                DeepCluster.Options.small(
                        Augmentations.of(Resize.of(side), data.normalize()),
                        data.augmentation(
                            RandomResizedCrop.of(side).withScale(0.3, 1),
                            new RandomApply(0.8, ColorJitter.of(0.4, 0.4, 0.4, 0.1)),
                            new RandomGrayscale(0.2)))
                    .withClusters(clusters)
                    .withComponents(components),
                RandomStream.of(seed).at("task")),
        0.05,
        (epochs, batch, rate) ->
            TrainingPlan.of(epochs, batch)
                .withOptimizer(Sgd.withDecay(5e-4), WarmupCosine.of(rate)));
  }
}
