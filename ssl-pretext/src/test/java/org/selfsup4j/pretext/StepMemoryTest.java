package org.selfsup4j.pretext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Batches;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.LoadedBatch;
import org.selfsup4j.core.data.Loader;
import org.selfsup4j.core.data.LoaderOptions;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.PretextTask;
import org.selfsup4j.core.train.StepRunner;
import org.selfsup4j.core.train.TrainingPlan;
import org.selfsup4j.models.ResNet;
import org.selfsup4j.models.ResNetOptions;
import org.selfsup4j.models.VisionTransformer;
import org.selfsup4j.models.VisionTransformerOptions;
import org.selfsup4j.pretext.clustering.DeepCluster;
import org.selfsup4j.pretext.clustering.KnowledgeTransfer;
import org.selfsup4j.pretext.clustering.PseudoLabels;
import org.selfsup4j.pretext.dino.Dino;
import org.selfsup4j.pretext.inpainting.ContextEncoder;
import org.selfsup4j.pretext.instance.InstanceDiscrimination;
import org.selfsup4j.pretext.jigsaw.Jigsaw;
import org.selfsup4j.pretext.mae.Decoder;
import org.selfsup4j.pretext.mae.MaskedAutoencoder;
import org.selfsup4j.pretext.moco.MocoV2;
import org.selfsup4j.pretext.moco.MocoV3;
import org.selfsup4j.pretext.rotation.Rotation;
import org.selfsup4j.pretext.simclr.SimClr;

/**
 * 500 steps in a process of its own, whose Java heap is fixed and touched at the start, so that
 * what its resident memory gains is native.
 */
class StepMemoryTest {

  /** Compiled code, thread stacks: what may still come after 100 steps. */
  private static final long TOLERANCE_KB = 4 << 10;

  @TempDir Path temporary;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mae",
        "rotation",
        "simclr",
        "jigsaw",
        "inpainting",
        "moco-v2",
        "moco-v3",
        "instance",
        "instance-noise",
        "dino",
        "deep-cluster",
        "transfer"
      })
  void staysFlat(String method) throws Exception {
    assumeThat(Path.of("/proc/self/status")).exists();
    Path errors = temporary.resolve("errors.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms128m",
                "-Xmx128m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", // the larger compiler takes and gives back megabytes
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                System.getProperty("java.class.path"),
                Trainee.class.getName(),
                method)
            .redirectError(errors.toFile())
            .start();
    try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
      List<String> lines = said.lines().toList();
      assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
      long[] early = numbers(lines.get(0));
      long[] warm = numbers(lines.get(1));
      long[] late = numbers(lines.get(2));
      assertThat(warm[1]).as("bytes of the arena at step 100").isEqualTo(early[1]);
      assertThat(late[1]).as("bytes of the arena at step 500").isEqualTo(early[1]);
      assertThat(late[0] - warm[0])
          .as("growth of resident kB, %s at step 100, %s at step 500", warm[0], late[0])
          .isLessThanOrEqualTo(TOLERANCE_KB);
    }
  }

  private static long[] numbers(String line) {
    String[] parts = line.split(" ", -1);
    return new long[] {Long.parseLong(parts[0]), Long.parseLong(parts[1])};
  }

  /** What the process does: after 2, 100 and 500 steps it says its memory. */
  static final class Trainee {
    private static final Source<Image> IMAGES = TaskContractTest.images();

    public static void main(String[] arguments) throws IOException {
      Augmentation floats = (image, random) -> image.toFloat();
      RandomStream random = RandomStream.of(2);
      switch (arguments[0]) {
        case "mae" ->
            train(
                MaskedAutoencoder.of(
                    vit(),
                    MaskedAutoencoder.Options.paper(floats)
                        .withDecoder(new Decoder.Sizes(32, 1, 2)),
                    random));
        case "simclr" -> train(SimClr.of(resNet(), new SimClr.Options(16, 0.5, floats), random));
        case "jigsaw" -> train(Jigsaw.of(resNet(), TaskContractTest.PUZZLES, random));
        case "inpainting" ->
            train(
                ContextEncoder.of(
                    resNet(),
                    ContextEncoder.Options.small(floats).withImageSize(16).withOverlap(1, 10),
                    random));
        case "dino" -> train(Dino.of(resNet(), TaskContractTest.dinoOptions(), random));
        case "deep-cluster" ->
            train(
                DeepCluster.of(
                    resNet(),
                    IMAGES.size(),
                    new DeepCluster.Options(5, 8, 20, floats, floats),
                    random));
        case "transfer" -> {
          int[] clusters = IntStream.range(0, 24).map(i -> i * 7 % 5).toArray();
          train(
              KnowledgeTransfer.of(resNet(), new KnowledgeTransfer.Options(5, 20, floats), random),
              PseudoLabels.of(IMAGES, clusters, 5, "numbers"));
        }
        case "rotation" -> train(Rotation.of(resNet(), Rotation.Options.small(floats), random));
        case "moco-v2" ->
            train(MocoV2.of(resNet(), new MocoV2.Options(100, 16, 0.99, 0.2, 2, floats), random));
        case "instance" -> train(instances(InstanceDiscrimination.WHOLE_BANK));
        case "instance-noise" -> train(instances(16));
        default ->
            train(
                MocoV3.of(vit(), MocoV3.Options.small(floats, floats).withWidths(32, 16), random));
      }
    }

    private static InstanceDiscrimination instances(int negatives) {
      Augmentation floats = (image, draws) -> image.toFloat();
      return InstanceDiscrimination.of(
          resNet(),
          IMAGES.size(),
          new InstanceDiscrimination.Options(16, true, negatives, 0.2, 0.5, 1, floats),
          RandomStream.of(2));
    }

    private static VisionTransformer vit() {
      return VisionTransformer.of(VisionTransformerOptions.of(16, 4, 32, 2, 2), RandomStream.of(1));
    }

    private static ResNet resNet() {
      return ResNet.of(
          ResNetOptions.resnet18(ResNet.Stem.SMALL).withWidth(8).withDepths(1, 1, 1),
          RandomStream.of(1));
    }

    private static <E, B> void train(PretextTask<Image, E, B> task) throws IOException {
      train(task, IMAGES);
    }

    private static <E, B> void train(PretextTask<Image, E, B> task, Source<Image> source)
        throws IOException {
      LoaderOptions options = LoaderOptions.training(8, 1).withPrefetch(0);
      Kernels kernels = KernelSets.choose();
      kernels.setThreads(1); // the fastest for so small networks
      try (Loader<Image, E, B> loader =
              new Loader<>(source, task::example, task.stacking(), options, task::order);
          StepRunner<B> runner = new StepRunner<>(task, TrainingPlan.of(1, 8), kernels, 500)) {
        for (int step = 0; step < 500; ) {
          task.beforeEpoch(runner.epoch(step, source, options));
          try (Batches<B> batches = loader.epoch(step)) {
            while (batches.hasNext() && step < 500) {
              try (LoadedBatch<B> batch = batches.next()) {
                runner.run(step++, 0, batch::open, false);
              }
              if (step == 2 || step == 100 || step == 500) {
                System.out.println(residentKilobytes() + " " + runner.arena().reservedBytes());
              }
            }
          }
        }
      }
    }

    private static long residentKilobytes() throws IOException {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElseThrow();
    }
  }
}
