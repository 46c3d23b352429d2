package org.selfsup4j.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.selfsup4j.core.data.RandomResizedCrop;
import org.selfsup4j.core.data.Resize;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.eval.features.Extraction;
import org.selfsup4j.eval.finetune.FineTuning;
import org.selfsup4j.eval.finetune.LabelledFraction;
import org.selfsup4j.eval.finetune.LayerDecay;
import org.selfsup4j.eval.report.Comparison;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code selfsup finetune}: trains a pretrained encoder further on a part of the labels, and the
 * untrained one beside it.
 */
@Command(
    name = "finetune",
    description =
        "Fine-tunes a pretrained encoder on a part of the labels, beside an untrained one.",
    mixinStandardHelpOptions = true)
final class Finetune implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private EncoderFileOptions from;

  @Option(
      names = "--data",
      defaultValue = "embedded",
      paramLabel = "DIR|embedded",
      description = "As in 'pretrain', with labels (default: ${DEFAULT-VALUE}).")
  private String data;

  @Option(
      names = "--fraction",
      defaultValue = "0.1",
      description = "Part of the labels that is used, of each class (default: ${DEFAULT-VALUE}).")
  private double fraction;

  @Option(
      names = "--steps",
      defaultValue = "600",
      description = "Steps of training (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--batch",
      defaultValue = "64",
      description = "Images of a step (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--rate",
      description =
          "Highest learning rate (if not given, 1e-3 for a vision transformer, else 1e-2).")
  private Double rate;

  @Option(
      names = "--layer-decay",
      paramLabel = "FACTOR",
      description =
          "How much lower the rate of a block is than that of the next; 1 is the same rate (if not"
              + " given, .75 for a vision transformer, as in MAE, else 1).")
  private Double layerDecay;

  @Mixin private PrecisionOption computed;

  @Option(
      names = "--seed",
      defaultValue = "0",
      description = "Of labels, head and batches (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the scores to this file.")
  private Path json;

  @Override
  public Integer call() {
    return UserMistakes.explained(spec, this::tune);
  }

  private void tune() {
    DataChoice choice = DataChoice.of(data);
    StoredEncoder stored = from.open();
    FineTuning tuning =
        tuning(stored.pretrained(), choice, from.side())
            .withLabels(new LabelledFraction(fraction, seed))
            .withSteps(steps, batch)
            .withPrecision(computed.precision());
    tuning = rate == null ? tuning : tuning.withRate(rate);
    tuning = layerDecay == null ? tuning : tuning.withLayerDecay(new LayerDecay(layerDecay));
    Kernels kernels = KernelSets.choose();
    Comparison scores =
        tuning.compare(
            stored.untrained(),
            stored.pretrained(),
            choice.train(),
            choice.test(),
            Extraction.of(Resize.of(from.side()), choice.normalize()),
            kernels);
    PrintWriter print = spec.commandLine().getOut();
    print.println(scores);
    print.flush();
    if (json != null) {
      scores.writeJson(json, Map.of());
    }
  }

  /** Fine-tuning with views that show half of an image or more. */
  static FineTuning tuning(ImageEncoder encoder, DataChoice choice, int side) {
    return FineTuning.of(
        encoder, choice.augmentation(RandomResizedCrop.of(side).withScale(0.5, 1)));
  }
}
