package org.selfsup4j.examples;

import org.selfsup4j.core.data.Border;
import org.selfsup4j.core.data.RandomCrop;
import org.selfsup4j.core.data.Resize;
import org.selfsup4j.core.optim.Sgd;
import org.selfsup4j.core.optim.WarmupCosine;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.train.TrainingPlan;
import org.selfsup4j.pretext.rotation.Rotation;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Rotation prediction: which of four quarter turns was done to the image? */
@Command(
    name = "rotation",
    description = "Rotation: predicts which of four quarter turns was done to an image.",
    mixinStandardHelpOptions = true)
public final class PretrainRotation extends PretrainCommand {

  /** Runs this example alone. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new PretrainRotation()).execute(arguments));
  }

  @Override
  PretrainMethod method() {
    return new PretrainMethod(
        EncoderChoice.NARROW18,
        (data, encoder, side, seed) ->
            Rotation.of(
                encoder,
                Rotation.Options.small(
                    data.augmentation(Resize.of(side), new RandomCrop(side, side, 4, Border.ZERO))),
                RandomStream.of(seed).at("task")),
        0.1,
        (epochs, batch, rate) ->
            TrainingPlan.of(epochs, batch)
                .withOptimizer(Sgd.withDecay(5e-4), WarmupCosine.of(rate)));
  }
}
