package org.selfsup4j.examples;

import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.optim.AdamW;
import org.selfsup4j.core.optim.Schedule;
import org.selfsup4j.core.optim.ScheduledAdamW;
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

  private static final double WARMUP_EPOCHS = 10;

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

  @Option(
      names = "--paper-schedules",
      description =
          "The paper's schedules, for runs of a hundred epochs and more: the teacher's momentum"
              + " from .996 to 1, its temperature from .04 to .07 in 30 epochs, weight decay from .04"
              + " to .4, 10 epochs of warm-up, prototypes frozen for the first. Else temperature (.04)"
              + " and momentum (.99) are constant, as suits minutes.")
  private boolean paperSchedules;

  /** Runs this example alone. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new PretrainDino()).execute(arguments));
  }

  @Override
  PretrainMethod method() {
    return new PretrainMethod(
        EncoderChoice.NARROW18,
        new Making(locals, prototypes, paperSchedules),
        2e-3,
        (epochs, batch, rate) -> {
          TrainingPlan plan = TrainingPlan.of(epochs, batch).withClipNorm(3);
          return paperSchedules
              ? plan.withOptimizer(
                  ScheduledAdamW.of(Schedule.cosine(0.04, 0.4)),
                  new WarmupCosine(rate, 1e-6, 0, Math.min(0.5, WARMUP_EPOCHS / epochs)))
              : plan.withOptimizer(AdamW.withDecay(1e-4), new WarmupCosine(rate, 0, 0, 0.05));
        });
  }

  private record Making(int locals, int prototypes, boolean paperSchedules)
      implements PretrainMethod.TaskOf {
    @Override
    public Dino make(DataChoice data, ImageEncoder encoder, int side, long seed) {
      Dino.Options small = Dino.Options.small(side, data.augmentation());
      DinoHead.Sizes sizes = small.projector();
      Dino.Options options =
          small
              .withProjector(new DinoHead.Sizes(sizes.hidden(), sizes.bottleneck(), prototypes))
              .withCrops(small.crops().withLocals(locals));
      if (paperSchedules) {
        Dino.Options paper = Dino.Options.paper(data.augmentation());
        options =
            options
                .withTeacherTemperature(paper.teacherTemperature())
                .withTeacherMomentum(paper.teacherMomentum())
                .withFrozenEpochs(paper.frozenEpochs());
      }
      return Dino.of(encoder, options, RandomStream.of(seed).at("task"));
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
