package org.selfsup4j.pretext;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.ListSource;
import org.selfsup4j.core.data.RandomCrop;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.optim.Schedule;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.models.ResNet;
import org.selfsup4j.models.ResNetOptions;
import org.selfsup4j.models.VisionTransformer;
import org.selfsup4j.models.VisionTransformerOptions;
import org.selfsup4j.pretext.clustering.DeepCluster;
import org.selfsup4j.pretext.clustering.KnowledgeTransfer;
import org.selfsup4j.pretext.clustering.PseudoLabels;
import org.selfsup4j.pretext.dino.Dino;
import org.selfsup4j.pretext.dino.DinoHead;
import org.selfsup4j.pretext.instance.InstanceDiscrimination;
import org.selfsup4j.pretext.jigsaw.Jigsaw;
import org.selfsup4j.pretext.jigsaw.StandardizeTile;
import org.selfsup4j.pretext.jigsaw.TileGrid;
import org.selfsup4j.pretext.mae.Decoder;
import org.selfsup4j.pretext.mae.MaskedAutoencoder;
import org.selfsup4j.pretext.moco.MocoV2;
import org.selfsup4j.pretext.moco.MocoV3;
import org.selfsup4j.pretext.parts.MultiCrop;
import org.selfsup4j.pretext.rotation.Rotation;
import org.selfsup4j.pretext.simclr.SimClr;
import org.selfsup4j.testkit.TaskContract;

/** Every task keeps the contract of all tasks. */
class TaskContractTest {

  private static final Augmentation FLOATS = (image, random) -> image.toFloat();
  private static final Augmentation FLIPPED =
      (image, random) -> (random.chance(0.5) ? image.flipHorizontal() : image).toFloat();

  /** Tiles of 4 in cells of 5 pixels. */
  static final Jigsaw.Options PUZZLES =
      new Jigsaw.Options(
          16,
          64,
          new TileGrid(15, 3, 1, 1),
          64,
          0,
          0.3,
          1,
          RandomCrop.of(15, 0),
          new StandardizeTile());

  private final Kernels kernels = KernelSets.choose();
  private int threads;

  @BeforeEach
  void computeOnOneThread() {
    threads = kernels.threads();
    kernels.setThreads(1); // the fastest for so small networks
  }

  @AfterEach
  void giveThreadsBack() {
    kernels.setThreads(threads);
  }

  /** Waves of a direction, length and phase for each image, the phase another in each channel. */
  static Source<Image> images() {
    List<Image> images = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      RandomStream random = RandomStream.of(2).at(i);
      double down = random.uniform(-0.6, 0.6);
      double across = random.uniform(-0.6, 0.6);
      double phase = random.uniform(0, 6);
      float[] pixels = new float[16 * 16 * 3];
      for (int p = 0; p < pixels.length; p++) {
        int row = p / 48;
        int column = p / 3 % 16;
        double angle = down * row + across * column + phase * (1 + p % 3);
        pixels[p] = (float) Math.sin(angle);
      }
      images.add(Image.ofFloats(16, 16, 3, pixels));
    }
    return ListSource.of("waves", images);
  }

  private static ResNet resNet() {
    ResNetOptions options = ResNetOptions.resnet18(ResNet.Stem.SMALL).withWidth(8).withDepths(1, 1);
    return ResNet.of(options, RandomStream.of(1));
  }

  @Test
  void rotation() {
    TaskContract.of(
            () -> Rotation.of(resNet(), Rotation.Options.small(FLOATS), RandomStream.of(2)),
            images())
        .on(kernels)
        .overfitting(60, 1e-2, 0.1)
        .holds();
  }

  @Test
  void rotationOfAllTurns() {
    TaskContract.of(
            () -> Rotation.of(resNet(), Rotation.Options.paper(FLOATS), RandomStream.of(2)),
            images())
        .on(kernels)
        .overfitting(60, 1e-2, 0.1)
        .holds();
  }

  @Test
  void simClr() {
    SimClr.Options options = new SimClr.Options(16, 0.5, FLIPPED);
    TaskContract.of(() -> SimClr.of(resNet(), options, RandomStream.of(2)), images())
        .on(kernels)
        .overfitting(60, 1e-2, 0.7)
        .holds();
  }

  private static void holdsForPuzzles(Kernels kernels, Jigsaw.Options options) {
    TaskContract.of(() -> Jigsaw.of(resNet(), options, RandomStream.of(2)), images())
        .on(kernels)
        .overfitting(60, 1e-2, 0.1)
        .holds();
  }

  @Test
  void jigsaw() {
    holdsForPuzzles(kernels, PUZZLES);
  }

  @Test
  void jigsawPlusPlus() {
    holdsForPuzzles(kernels, PUZZLES.plusPlus());
  }

  @Test
  void maskedAutoencoder() {
    VisionTransformerOptions encoder = VisionTransformerOptions.of(16, 4, 32, 2, 2);
    MaskedAutoencoder.Options options =
        MaskedAutoencoder.Options.paper(FLOATS).withDecoder(new Decoder.Sizes(32, 1, 2));
    TaskContract.of(
            () ->
                MaskedAutoencoder.of(
                    VisionTransformer.of(encoder, RandomStream.of(1)), options, RandomStream.of(2)),
            images())
        .on(kernels)
        .overfitting(60, 1e-2, 0.8)
        .holds();
  }

  @Test
  void mocoV2() {
    // Once the queue of 12 is full, it holds keys of the same 8 images: the loss stays above log 2.
    MocoV2.Options options = new MocoV2.Options(12, 16, 0.9, 0.2, 2, FLIPPED);
    TaskContract.of(() -> MocoV2.of(resNet(), options, RandomStream.of(2)), images())
        .on(kernels)
        .overfitting(80, 3e-3, 0.7)
        .fallingFrom(2)
        .holds();
  }

  @Test
  void mocoV3() {
    VisionTransformerOptions encoder = VisionTransformerOptions.of(16, 4, 32, 2, 2);
    MocoV3.Options options =
        MocoV3.Options.small(FLIPPED, FLIPPED)
            .withWidths(32, 16)
            .withTeacherMomentum(Schedule.cosine(0.9, 1));
    TaskContract.of(
            () ->
                MocoV3.of(
                    VisionTransformer.of(encoder, RandomStream.of(1)), options, RandomStream.of(2)),
            images())
        .on(kernels)
        .exceptGradientsOf("encoder.patchEmbedding.weight", "encoder.patchEmbedding.bias") // frozen
        .overfitting(60, 1e-2, 0.7)
        .holds();
  }

  private static void holdsForInstances(Kernels kernels, InstanceDiscrimination.Options options) {
    TaskContract.of(
            () -> InstanceDiscrimination.of(resNet(), 24, options, RandomStream.of(2)), images())
        .on(kernels)
        .overfitting(60, 3e-3, 0.3)
        .holds();
  }

  @Test
  void instanceDiscrimination() {
    holdsForInstances(
        kernels, new InstanceDiscrimination.Options(16, true, 0, 0.2, 0.5, 0, FLIPPED));
  }

  @Test
  void instanceDiscriminationAgainstNoise() {
    holdsForInstances(
        kernels, new InstanceDiscrimination.Options(16, false, 8, 0.2, 0.5, 0.1, FLIPPED));
  }

  static Dino.Options dinoOptions() {
    MultiCrop crops = MultiCrop.of(16, 8, 2, FLOATS).withScales(0.2, 0.5);
    MultiCrop calm = // the colors of waves are not within [0, 1]
        new MultiCrop(crops.global(), crops.local(), 2, FLOATS, FLIPPED, FLOATS);
    return Dino.Options.small(16, FLOATS)
        .withProjector(new DinoHead.Sizes(64, 32, 64))
        .withCrops(calm)
        .withFrozenEpochs(1);
  }

  @Test
  void dinoOnATransformer() {
    VisionTransformerOptions encoder = VisionTransformerOptions.of(16, 4, 32, 2, 2);
    TaskContract.of(
            () ->
                Dino.of(
                    VisionTransformer.of(encoder.withDropPath(0.1), RandomStream.of(1)),
                    dinoOptions(),
                    RandomStream.of(2)),
            images())
        .on(kernels)
        .exceptGradientsOf("projector.prototypes.direction") // rests in the first epoch
        .overfitting(100, 2e-3, 0.5)
        .holds();
  }

  @Test
  void dinoOnAConvolutionalNetwork() {
    TaskContract.of(() -> Dino.of(resNet(), dinoOptions(), RandomStream.of(2)), images())
        .on(kernels)
        .exceptGradientsOf("projector.prototypes.direction")
        .overfitting(300, 2e-3, 0.7)
        .fallingFrom(20) // easier before the centre is found: all images are one to the teacher
        .holds();
  }

  /** 5 clusters of 24 waves: labels, head and order are new in each epoch. */
  @Test
  void deepCluster() {
    DeepCluster.Options options = new DeepCluster.Options(5, 8, 20, FLOATS, FLIPPED);
    TaskContract.of(
            () -> DeepCluster.of(resNet(), images().size(), options, RandomStream.of(2)), images())
        .on(kernels)
        .overfitting(60, 1e-2, 0.1)
        .holds();
  }

  @Test
  void knowledgeTransfer() {
    int[] clusters = IntStream.range(0, 24).map(i -> i * 7 % 5).toArray();
    Source<Image> labelled = PseudoLabels.of(images(), clusters, 5, "numbers");
    KnowledgeTransfer.Options options = new KnowledgeTransfer.Options(5, 20, FLIPPED);
    TaskContract.of(() -> KnowledgeTransfer.of(resNet(), options, RandomStream.of(2)), labelled)
        .on(kernels)
        .overfitting(60, 1e-2, 0.1)
        .holds();
  }
}
