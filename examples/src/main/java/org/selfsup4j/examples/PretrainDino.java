package org.selfsup4j.examples;

import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.optim.AdamW;
import org.selfsup4j.core.optim.WarmupCosine;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.ImageTask;
import org.selfsup4j.core.train.TrainingPlan;
import org.selfsup4j.models.VisionTransformer;
import org.selfsup4j.pretext.dino.Dino;
import org.selfsup4j.pretext.dino.DinoHead;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** DINO: a student guesses from any crop what its moving average says of a large one. */
@Command(
    name = "dino",
    description = "DINO: self-distillation of large and small crops, without labels.",
    mixinStandardHelpOptions = true)
public final class PretrainDino extends PretrainCommand {

  @Option(
      names = "--local-crops",
      defaultValue = "4",
      description =
          "Small crops of an image, beside the two large ones (default: ${DEFAULT-VALUE}).")
  private int locals;

  @Option(
      names = "--prototypes",
      defaultValue = "1024",
      description = "Dimensions of the output (default: ${DEFAULT-VALUE}).")
  private int prototypes;

  /** Runs this example alone. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new PretrainDino()).execute(arguments));
  }

  @Override
  PretrainMethod method() {
    return new PretrainMethod(
        EncoderChoice.NARROW18,
        new Making(locals, prototypes),
        2e-3,
        (epochs, batch, rate) ->
            TrainingPlan.of(epochs, batch)
                .withOptimizer(AdamW.withDecay(1e-4), new WarmupCosine(rate, 0, 0, 0.05))
                .withClipNorm(3));
  }

  private record Making(int locals, int prototypes) implements PretrainMethod.TaskOf {
    @Override
    public Dino make(DataChoice data, ImageEncoder encoder, int side, long seed) {
      Dino.Options small = Dino.Options.small(side, data.augmentation());
      DinoHead.Sizes sizes = small.projector();
      return Dino.of(
          encoder,
          small
              .withProjector(new DinoHead.Sizes(sizes.hidden(), sizes.bottleneck(), prototypes))
              .withCrops(small.crops().withLocals(locals)),
          RandomStream.of(seed).at("task"));
    }

    /** The class token is what DINO trains, and what looks around. */
    @Override
    public ImageEncoder prepared(ImageEncoder encoder) {
      return encoder instanceof VisionTransformer transformer
          ? transformer.withPool(VisionTransformer.Pool.CLASS_TOKEN)
          : encoder;
    }

    /** The teacher's, as in the paper. */
    @Override
    public ImageEncoder result(ImageTask<?, ?> task, ImageEncoder encoder) {
      return ((Dino) task).teacher().module().encoder();
    }
  }
}
