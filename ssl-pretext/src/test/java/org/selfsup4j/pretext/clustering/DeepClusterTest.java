package org.selfsup4j.pretext.clustering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.analysis.Agreement;
import org.selfsup4j.core.analysis.Clusters;
import org.selfsup4j.core.analysis.FeatureRows;
import org.selfsup4j.core.analysis.KMeans;
import org.selfsup4j.core.analysis.Whitening;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.ListSource;
import org.selfsup4j.core.data.LoaderOptions;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.data.StreamSource;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.module.Linear;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.optim.Schedule;
import org.selfsup4j.core.optim.Sgd;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.Step;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.train.StepRunner;
import org.selfsup4j.core.train.TrainingPlan;
import org.selfsup4j.models.ResNet;
import org.selfsup4j.models.ResNetOptions;

/** Clusters between epochs, the order that follows from them, and the loss. */
class DeepClusterTest {

  private static final int IMAGES = 44;
  private static final Augmentation FLOATS = (image, random) -> image.toFloat();
  private static final DeepCluster.Options OPTIONS =
      new DeepCluster.Options(4, 6, 20, FLOATS, FLOATS);

  private final Kernels kernels = KernelSets.choose();
  private int threads;

  @BeforeEach
  void computeOnOneThread() {
    threads = kernels.threads();
    kernels.setThreads(1);
  }

  @AfterEach
  void giveThreadsBack() {
    kernels.setThreads(threads);
  }

  private static ResNet resNet() {
    return ResNet.of(
        ResNetOptions.resnet18(ResNet.Stem.SMALL).withWidth(8).withDepths(1, 1),
        RandomStream.of(1));
  }

  /** Four colors, a little noise: the first 20 images have the first, then 8 each. */
  private static Source<Image> colors() {
    float[][] colors = {
      {0.9f, 0.1f, 0.1f}, {0.1f, 0.9f, 0.1f}, {0.1f, 0.1f, 0.9f}, {0.9f, 0.9f, 0}
    };
    List<Image> images = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      RandomStream random = RandomStream.of(2).at(i);
      float[] pixels = new float[8 * 8 * 3];
      for (int p = 0; p < pixels.length; p++) {
        pixels[p] = colors[color(i)][p % 3] + 0.05f * random.nextFloat();
      }
      images.add(Image.ofFloats(8, 8, 3, pixels));
    }
    return ListSource.of("colors", images);
  }

  private static int color(int image) {
    return image < 20 ? 0 : 1 + (image - 20) / 8;
  }

  private static DeepCluster task() {
    return DeepCluster.of(resNet(), IMAGES, OPTIONS, RandomStream.of(3));
  }

  private void clustered(DeepCluster task, long epoch, Runnable use) {
    TrainingPlan plan = TrainingPlan.of(2, 8);
    try (StepRunner<DeepCluster.Batch> runner = new StepRunner<>(task, plan, kernels, 10)) {
      task.beforeEpoch(runner.epoch(epoch, colors(), LoaderOptions.training(8, 0)));
      use.run();
    }
  }

  private static int[] labels(DeepCluster task) {
    return Arrays.stream(task.labels().toDoubles()).mapToInt(label -> (int) label).toArray();
  }

  @Test
  void labelsAreTheClustersOfAllImagesWhitenedFeatures() {
    DeepCluster task = task();
    clustered(task, 0, () -> {});
    float[] pixels = new float[IMAGES * 8 * 8 * 3]; // 5 batches of 8 and a last one of 4
    for (int i = 0; i < IMAGES; i++) {
      colors().get(i).writeTo(pixels, i * 8 * 8 * 3);
    }
    try (Arena arena = new Arena();
        Session session = Session.evaluation(kernels, arena, "test")) {
      Pass pass = new Pass(false, RandomStream.of(4), session);
      Tensor images = session.tensor(pixels, IMAGES, 8, 8, 3).permute(0, 3, 1, 2);
      FeatureRows features =
          new FeatureRows(IMAGES, 16, task.encoder().features(images, pass).toFloats());
      FeatureRows rows =
          Whitening.of(features, 6, kernels, arena).apply(features, kernels, arena).normalized();
      RandomStream random = RandomStream.of(0).at("epoch").at(0).at("k-means");
      Clusters want = KMeans.of(4, 20).fit(rows, random, kernels, arena, KMeans.Progress.NONE);
      assertThat(labels(task)).containsExactly(want.assignment());
    }
  }

  @Test
  void everyEpochHasNewClustersAndAHeadOfItsOwn() {
    DeepCluster task = task();
    clustered(task, 0, () -> assertThat(task.agreement().toDoubles()).containsExactly(0));
    int[] first = labels(task);
    double[] head = task.head().weight().toDoubles();
    task.head().bias().orElseThrow().set(new double[] {1, 2, 3, 4});
    clustered(task, 1, () -> {});
    assertThat(labels(task)).isNotEqualTo(first);
    double same = Agreement.normalizedMutualInformation(first, labels(task));
    assertThat(task.agreement().toDoubles()[0]).isCloseTo(same, within(1e-6)).isPositive();
    assertThat(task.head().weight().toDoubles()).isNotEqualTo(head);
    assertThat(task.head().bias().orElseThrow().toDoubles()).containsOnly(0);
    double square = Arrays.stream(head).map(w -> w * w).average().orElseThrow();
    assertThat(Math.sqrt(square)).isBetween(0.006, 0.014); // 64 draws of deviation .01
  }

  @Test
  void clustersAreVisitedEquallyOftenAndTheirImagesTakeTurns() {
    DeepCluster task = task();
    task.labels().set(IntStream.range(0, IMAGES).mapToDouble(DeepClusterTest::color).toArray());
    int[] labels = labels(task);
    int[] order = task.order(IMAGES, RandomStream.of(5)).orElseThrow();
    int[] visits = new int[4];
    int[] times = new int[IMAGES];
    for (int image : order) {
      visits[labels[image]]++;
      times[image]++;
    }
    assertThat(visits).containsOnly(11); // of 20 images those of the first color leave 9 out
    assertThat(IntStream.range(0, 20).map(i -> times[i])).containsOnly(0, 1);
    assertThat(IntStream.range(20, IMAGES).map(i -> times[i])).containsOnly(1, 2);
    assertThat(task.order(IMAGES, RandomStream.of(5)).orElseThrow()).containsExactly(order);
    assertThat(task.order(IMAGES, RandomStream.of(6)).orElseThrow()).isNotEqualTo(order);
  }

  @Test
  void placesThatDoNotDivideGoToSomeClustersAndEmptyOnesGetNone() {
    int[] labels = {0, 0, 0, 0, 0, 3, 3, 5};
    int[] order = UniformOrder.of(labels, 6, RandomStream.of(1));
    assertThat(order).hasSize(8);
    int[] visits = new int[6];
    for (int image : order) {
      visits[labels[image]]++;
    }
    assertThat(visits[0]).isBetween(2, 3);
    assertThat(visits[3]).isBetween(2, 3);
    assertThat(visits[5]).isBetween(2, 3);
    assertThat(visits[1] + visits[2] + visits[4]).isZero();
  }

  @Test
  void theLossIsTheCrossEntropyWithTheLabelsOfTheImagesInTheBatch() {
    DeepCluster task = task();
    task.labels().set(IntStream.range(0, IMAGES).mapToDouble(i -> i % 4).toArray());
    task.head().bias().orElseThrow().set(new double[] {0.5, -1, 2, 0});
    long[] indices = {41, 2, 7, 7};
    try (Arena arena = new Arena();
        Session session = Session.training(kernels, arena, "test")) {
      Pass pass = new Pass(true, RandomStream.of(4), session);
      float[] pixels = new float[4 * 8 * 8 * 3];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = i % 7 / 7f;
      }
      Tensor images = session.tensor(pixels, 4, 8, 8, 3).permute(0, 3, 1, 2);
      double[] logits =
          task.head().apply(task.encoder().features(images, pass), pass).toDoubles(); // [4, 4]
      double want = 0;
      for (int n = 0; n < 4; n++) {
        double sum = 0;
        for (int k = 0; k < 4; k++) {
          sum += Math.exp(logits[n * 4 + k]);
        }
        want += (Math.log(sum) - logits[n * 4 + (int) indices[n] % 4]) / 4;
      }
      DeepCluster.Batch batch = new DeepCluster.Batch(images, session.ids(indices, 4));
      double loss = task.loss(batch, new Step(0, 1, 0, pass)).value().item();
      assertThat(loss).isCloseTo(want, within(1e-5));
    }
  }

  @Test
  void wrongPairingsAreRefusedBeforeTheFirstStepWithBothValues() {
    assertThatThrownBy(() -> DeepCluster.of(resNet(), 3, OPTIONS, RandomStream.of(1)))
        .hasMessageContaining("clusters is 4 but there are only 3 images");
    assertThatThrownBy(() -> task().check(8, 50))
        .hasMessageContaining("labels of 44 images, the source has 50");
    assertThatThrownBy(() -> task().check(8, stream()))
        .hasMessageContaining("a stream (stream of 44 items, buffer 1) does not have");
    assertThatThrownBy(() -> task().check(8, 1L << 31))
        .hasMessageContaining("2147483648 images have 16 features each");
    task().check(8, IMAGES);
    DeepCluster good = task();
    Linear wide = Linear.of(7, 4, RandomStream.of(1));
    assertThatThrownBy(
            () -> new DeepCluster(good.encoder(), wide, good.labels(), good.agreement(), OPTIONS))
        .hasMessageContaining("the head takes 7 features, the encoder gives")
        .hasMessageContaining("the encoder gives 16");
    assertThatThrownBy(() -> OPTIONS.withClusters(1)).hasMessageContaining("clusters is 1");
    assertThatThrownBy(() -> OPTIONS.withComponents(0)).hasMessageContaining("components is 0");
    assertThatThrownBy(() -> OPTIONS.withIterations(0)).hasMessageContaining("iterations 0");
  }

  private static Source<Image> stream() {
    return StreamSource.of("a stream", IMAGES, 1, Collections::emptyIterator);
  }

  @Test
  void presetsHaveThePapersValues() {
    assertThat(DeepCluster.Options.paper(FLOATS, FLOATS))
        .isEqualTo(new DeepCluster.Options(10_000, 256, 20, FLOATS, FLOATS));
    assertThat(KnowledgeTransfer.Options.paper(FLOATS))
        .isEqualTo(new KnowledgeTransfer.Options(2000, 20, FLOATS));
  }

  @Test
  void transferTrainsOnTheLabelsOfItsSourceAndRefusesOthers() {
    int[] clusters = IntStream.range(0, IMAGES).map(DeepClusterTest::color).toArray();
    PseudoLabels labelled = PseudoLabels.of(colors(), clusters, 4, "colors");
    KnowledgeTransfer.Options options = new KnowledgeTransfer.Options(4, 5, FLOATS);
    KnowledgeTransfer task = KnowledgeTransfer.of(resNet(), options, RandomStream.of(1));
    assertThat(task.example(Sample.read(labelled, 43), RandomStream.of(1)).cluster()).isEqualTo(3);
    assertThatThrownBy(() -> task.example(Sample.read(colors(), 43), RandomStream.of(1)))
        .hasMessageContaining("the label is missing")
        .hasMessageContaining("4 clusters");
    PseudoLabels more = PseudoLabels.of(colors(), new int[IMAGES], 4, "colors");
    assertThat(more.description()).isNotEqualTo(labelled.description());
    assertThat(labelled.description()).startsWith("colors").contains("4 clusters of colors");
    assertThat(labelled.label(0)).isEqualTo(OptionalInt.of(0));
    assertThatThrownBy(() -> PseudoLabels.of(colors(), new int[3], 4, "colors"))
        .hasMessageContaining("3 labels were given")
        .hasMessageContaining("44 images");
    assertThatThrownBy(() -> PseudoLabels.of(stream(), clusters, 4, "colors"))
        .hasMessageContaining("a stream (stream of 44 items, buffer 1) does not have");
    assertThatThrownBy(() -> PseudoLabels.of(colors(), clusters, 3, "colors"))
        .hasMessageContaining("image 36 has the label 3");
    assertThatThrownBy(() -> task.check(8, 3))
        .hasMessageContaining("clusters is 4 but there are only 3 images");
    assertThatThrownBy(
            () -> new KnowledgeTransfer(resNet(), Linear.of(16, 5, RandomStream.of(1)), options))
        .hasMessageContaining("the head gives 5 logits")
        .hasMessageContaining("4 clusters");
  }

  /** Momentum must not carry an old head into the new one: two heads drawn alike learn alike. */
  @Test
  void aNewHeadBeginsWithoutTheOldOnesMomentum() {
    DeepCluster task = task();
    TrainingPlan plan =
        TrainingPlan.of(1, 8).withOptimizer(new Sgd(0.9, 0, false), Schedule.constant(0.1));
    try (StepRunner<DeepCluster.Batch> runner = new StepRunner<>(task, plan, kernels, 9)) {
      for (int i = 0; i < 3; i++) {
        runner.run(i, 0, DeepClusterTest::batch, false);
      }
      task.beforeEpoch(runner.epoch(1, colors(), LoaderOptions.training(8, 0)));
      double[] drawn = task.head().bias().orElseThrow().toDoubles();
      assertThat(drawn).containsOnly(0);
      runner.run(3, 1, DeepClusterTest::batch, false);
      double[] moved = task.head().bias().orElseThrow().toDoubles();
      double[] gradient = new double[4]; // the first step is the rate times the gradient alone
      try (Arena arena = new Arena();
          Session session = Session.evaluation(kernels, arena, "test")) {
        Tensor slope = session.constant(task.head().bias().orElseThrow().variable().gradient());
        System.arraycopy(slope.toDoubles(), 0, gradient, 0, 4);
      }
      for (int k = 0; k < 4; k++) {
        assertThat(moved[k]).isCloseTo(-0.1 * gradient[k], within(1e-7));
      }
    }
  }

  private static DeepCluster.Batch batch(Session session) {
    float[] pixels = new float[8 * 8 * 8 * 3];
    RandomStream random = RandomStream.of(9);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
    }
    Tensor images = session.tensor(pixels, 8, 8, 8, 3).permute(0, 3, 1, 2);
    return new DeepCluster.Batch(images, session.ids(new long[] {0, 21, 30, 40, 5, 6, 7, 43}, 8));
  }
}
