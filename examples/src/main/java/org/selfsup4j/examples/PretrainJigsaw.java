package org.selfsup4j.examples;

import org.selfsup4j.core.data.RandomHorizontalFlip;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.optim.AdamW;
import org.selfsup4j.core.optim.WarmupCosine;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.train.TrainingPlan;
import org.selfsup4j.pretext.jigsaw.Jigsaw;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Jigsaw puzzles: in which order do the tiles of an image lie? */
@Command(
    name = "jigsaw",
    description = "Jigsaw and Jigsaw++: predicts in which order the tiles of an image lie.",
    mixinStandardHelpOptions = true)
public final class PretrainJigsaw extends PretrainCommand {

  /** The shorter side of the paper's photos. */
  private static final int PAPER_SIDE = 256;

  /** Photos up to this side keep their brightness and color. */
  private static final int SMALL = 64;

  @Spec private CommandSpec spec;

  @Option(
      names = "--plus-plus",
      description =
          "Jigsaw++: up to 2 tiles are another image's, and 70%% of the puzzles are gray.")
  private boolean plusPlus;

  @Option(
      names = "--permutations",
      paramLabel = "N",
      description =
          "How many orders there are (default: 100, with --side 256 the paper's 1000, with"
              + " --plus-plus its 701).")
  private Integer permutations;

  /** Runs this example alone. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new PretrainJigsaw()).execute(arguments));
  }

  @Override
  PretrainMethod method() {
    return new PretrainMethod(
        EncoderChoice.NARROW18,
        this::task,
        2e-3,
        (epochs, batch, rate) ->
            TrainingPlan.of(epochs, batch)
                .withOptimizer(AdamW.withDecay(1e-4), WarmupCosine.of(rate)));
  }

  private static Jigsaw.Options puzzles(DataChoice data, int side) {
    if (side <= SMALL) {
      return Jigsaw.Options.small(side, data.normalize());
    }
    return side == PAPER_SIDE ? Jigsaw.Options.paper() : Jigsaw.Options.forSide(side);
  }

  private Jigsaw task(DataChoice data, ImageEncoder encoder, int side, long seed) {
    Jigsaw.Options puzzles = puzzles(data, side);
    if (data.mirrors()) {
      puzzles =
          puzzles.withAugmentation(puzzles.augmentation().then(new RandomHorizontalFlip(0.5)));
    }
    puzzles = plusPlus ? puzzles.plusPlus() : puzzles;
    puzzles = permutations == null ? puzzles : puzzles.withPermutations(permutations);
    Jigsaw task = Jigsaw.of(encoder, puzzles, RandomStream.of(seed).at("task"));
    spec.commandLine().getOut().println(task.permutations());
    spec.commandLine().getOut().flush();
    return task;
  }
}
