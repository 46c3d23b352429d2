package org.selfsup4j.pretext.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Batches;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.ListSource;
import org.selfsup4j.core.data.LoadedBatch;
import org.selfsup4j.core.data.Loader;
import org.selfsup4j.core.data.LoaderOptions;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.data.StreamSource;
import org.selfsup4j.core.data.UnreadableException;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.Loss;
import org.selfsup4j.core.task.Step;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.train.Pretraining;
import org.selfsup4j.core.train.TrainingPlan;
import org.selfsup4j.models.ResNet;
import org.selfsup4j.models.ResNetOptions;
import org.selfsup4j.pretext.parts.MemoryBank;
import org.selfsup4j.pretext.parts.ProjectionHead;

/** The task: its losses and its bank in a step, which image a row belongs to, what is refused. */
class InstanceDiscriminationTest {

  private static final int N = 4;
  private static final int SIDE = 8;
  private static final int IMAGES = 12;
  private static final int D = 6;
  private static final Augmentation FLOATS = (image, random) -> image.toFloat();
  private static final InstanceDiscrimination.Options EXACT =
      new InstanceDiscrimination.Options(D, false, 0, 0.2, 0.5, 0, FLOATS);
  private static final long[] INDEX = {3, 11, 0, 7};

  private static InstanceDiscrimination task(InstanceDiscrimination.Options options) {
    ResNetOptions encoder = ResNetOptions.resnet18(ResNet.Stem.SMALL).withWidth(8).withDepths(1, 1);
    return InstanceDiscrimination.of(
        ResNet.of(encoder, RandomStream.of(1)), IMAGES, options, RandomStream.of(2));
  }

  private static InstanceDiscrimination.Batch batch(Session session) {
    RandomStream random = RandomStream.of(3);
    float[] pixels = new float[N * SIDE * SIDE * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.uniform(-1, 1);
    }
    return new InstanceDiscrimination.Batch(
        session.tensor(pixels, N, SIDE, SIDE, 3).permute(0, 3, 1, 2), session.ids(INDEX, N));
  }

  private static void inStep(long number, Consumer<Step> use) {
    try (Arena arena = new Arena(1 << 16);
        Session session = Session.training(KernelSets.choose(), arena, "test")) {
      RandomStream random = RandomStream.of(4).at(number);
      use.accept(new Step(number, 10, 0, new Pass(true, random, session)));
    }
  }

  /** One step's loss and measures, as numbers. */
  private static Loss step(InstanceDiscrimination task, long number, double[] value) {
    Loss[] loss = new Loss[1];
    inStep(
        number,
        step -> {
          loss[0] = task.loss(batch(step.pass().session()), step);
          value[0] = loss[0].value().item();
        });
    return loss[0];
  }

  private static double loss(InstanceDiscrimination task, long number) {
    double[] value = new double[1];
    step(task, number, value);
    return value[0];
  }

  private static double[] embeddings(InstanceDiscrimination task) {
    double[][] z = new double[1][];
    inStep(
        0,
        step -> {
          Tensor images = batch(step.pass().session()).image();
          Tensor features = task.encoder().features(images, step.pass());
          z[0] = task.projector().apply(features, step.pass()).toDoubles();
        });
    for (int i = 0; i < N; i++) {
      double length = Math.sqrt(dot(z[0], i, z[0], i));
      for (int k = 0; k < D; k++) {
        z[0][i * D + k] /= length;
      }
    }
    return z[0];
  }

  private static double dot(double[] a, int row, double[] b, int other) {
    double sum = 0;
    for (int k = 0; k < D; k++) {
      sum += a[row * D + k] * b[other * D + k];
    }
    return sum;
  }

  @Test
  void theExactLossIsThatOfTheRowsBeforeTheStep() {
    InstanceDiscrimination task = task(EXACT);
    double[] rows = task.bank().rows().toDoubles();
    double[] v = embeddings(task);
    double want = 0;
    for (int i = 0; i < N; i++) {
      double all = 0;
      for (int j = 0; j < IMAGES; j++) {
        all += Math.exp(dot(v, i, rows, j) / 0.2);
      }
      want -= Math.log(Math.exp(dot(v, i, rows, (int) INDEX[i]) / 0.2) / all) / N;
    }
    assertThat(loss(task, 0)).isCloseTo(want, within(1e-4));
    assertThat(task.noise().logNormalizer().toDoubles()).containsExactly(0); // not needed
  }

  /** Mean cosine of the embeddings of different images. */
  private static double likeness(InstanceDiscrimination task) {
    double[] v = embeddings(task);
    double sum = 0;
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < i; j++) {
        sum += dot(v, i, v, j) / (N * (N - 1) / 2.0);
      }
    }
    return sum;
  }

  @Test
  void aNormedHeadSpreadsTheEmbeddingsOfAnUntrainedNetwork() {
    assertThat(likeness(task(EXACT))).isGreaterThan(0.7);
    assertThat(likeness(task(EXACT.withNormed(true)))).isLessThan(0.1);
  }

  @Test
  void theRowsOfTheBatchFollowByTheBanksMomentum() {
    InstanceDiscrimination task = task(EXACT.withBankMomentum(0.25));
    double[] rows = task.bank().rows().toDoubles();
    double[] v = embeddings(task);
    loss(task, 0);
    double[] after = task.bank().rows().toDoubles();
    for (int i = 0; i < N; i++) {
      int row = (int) INDEX[i];
      double[] sum = new double[D];
      for (int k = 0; k < D; k++) {
        sum[k] = 0.25 * rows[row * D + k] + 0.75 * v[i * D + k];
        rows[row * D + k] = sum[k];
      }
      double length = Math.sqrt(Arrays.stream(sum).map(x -> x * x).sum());
      for (int k = 0; k < D; k++) {
        rows[row * D + k] /= length;
      }
    }
    assertThat(after).containsExactly(rows, within(1e-5));
  }

  @Test
  void negativesBelongToTheStep() {
    double first = loss(task(EXACT.withNegatives(3)), 0);
    assertThat(loss(task(EXACT.withNegatives(3)), 0)).isEqualTo(first);
    assertThat(loss(task(EXACT.withNegatives(3)), 1)).isNotEqualTo(first);
  }

  @Test
  void theProximalTermIsTheMeanSquaredDistanceToTheOwnRowsTimesItsWeight() {
    for (int negatives : new int[] {0, 3}) {
      InstanceDiscrimination.Options options = EXACT.withNegatives(negatives);
      InstanceDiscrimination task = task(options.withProximity(10));
      double[] rows = task.bank().rows().toDoubles();
      double[] v = embeddings(task);
      double want = 0;
      for (int i = 0; i < N; i++) {
        want += (2 - 2 * dot(v, i, rows, (int) INDEX[i])) / N; // both are of length 1
      }
      double[] value = new double[1];
      Loss loss = step(task, 0, value);
      assertThat(loss.measures().get("proximity")).isCloseTo(want, within(1e-5));
      assertThat(value[0]).isCloseTo(loss(task(options), 0) + 10 * want, within(1e-4));
    }
  }

  @Test
  void onlyTheNetworkIsOnTheTape() {
    InstanceDiscrimination task = task(EXACT.withNegatives(3).withProximity(1));
    inStep(
        0,
        step -> {
          Session session = step.pass().session();
          Loss loss = task.loss(batch(session), step);
          Parts.of(task)
              .parameters()
              .forEach((name, p) -> assertThat(session.isLeaf(p.variable())).as(name).isTrue());
          assertThat(session.isLeaf(task.bank().rows().variable())).isFalse();
          session.backward(loss.value());
        });
    assertThat(Parts.of(task).states())
        .containsKeys("bank.rows", "noise.logNormalizer", "projector.layers.0.weight");
  }

  /** Image i is i everywhere; those in {@code bad} cannot be read. */
  private record Numbered(List<Integer> bad) implements Source<Image> {
    @Override
    public long size() {
      return IMAGES;
    }

    @Override
    public Image get(long index) {
      if (bad.contains((int) index)) {
        throw new UnreadableException(name(index), "it is bad");
      }
      return numbered((int) index);
    }

    @Override
    public String description() {
      return "numbered";
    }
  }

  private static Image numbered(int number) {
    float[] pixels = new float[SIDE * SIDE * 3];
    Arrays.fill(pixels, number);
    return Image.ofFloats(SIDE, SIDE, 3, pixels);
  }

  @Test
  void theIndexIsThatOfTheImageInTheViewAlsoOfOneThatStandsInForAnother() {
    InstanceDiscrimination task = task(EXACT);
    List<Long> seen = new ArrayList<>();
    try (Arena arena = new Arena(1 << 16);
        Loader<Image, InstanceDiscrimination.Example, InstanceDiscrimination.Batch> loader =
            new Loader<>(
                new Numbered(List.of(5)),
                task::example,
                task.stacking(),
                LoaderOptions.training(N, 1).withThreads(2));
        Batches<InstanceDiscrimination.Batch> batches = loader.epoch(0)) {
      while (batches.hasNext()) {
        try (LoadedBatch<InstanceDiscrimination.Batch> loaded = batches.next();
            Session session = Session.evaluation(KernelSets.choose(), arena, "batch")) {
          InstanceDiscrimination.Batch batch = loaded.open(session);
          double[] pixels = batch.image().toDoubles();
          long[] index = batch.index().toLongs();
          for (int i = 0; i < N; i++) {
            assertThat(pixels[i * SIDE * SIDE * 3]).isEqualTo(index[i]);
            seen.add(index[i]);
          }
        }
      }
    }
    assertThat(seen)
        .containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L, 6L, 6L, 7L, 8L, 9L, 10L, 11L)
        .isNotEqualTo(seen.stream().sorted().toList());
  }

  @Test
  void wrongPairingsAreRefusedWithBothValues() {
    assertThatThrownBy(() -> task(EXACT.withNegatives(13)))
        .hasMessageContaining("negatives is 13, the bank holds 12 images");
    InstanceDiscrimination task = task(EXACT.withNegatives(12));
    assertThatThrownBy(
            () ->
                new InstanceDiscrimination(
                    task.encoder(),
                    ProjectionHead.of(RandomStream.of(1), 16, 7),
                    task.bank(),
                    task.noise(),
                    EXACT))
        .hasMessageContaining("the projector gives 7 numbers, the bank holds rows of 6");
    assertThatThrownBy(
            () ->
                new InstanceDiscrimination(
                    task.encoder(),
                    task.projector(),
                    MemoryBank.of(3, D, RandomStream.of(1)),
                    task.noise(),
                    EXACT.withNegatives(4)))
        .hasMessageContaining("negatives is 4, the bank holds 3 images");
  }

  @Test
  void aSourceThatDoesNotFitTheBankIsRefusedBeforeTheFirstStep() {
    Function<Source<Image>, Pretraining<?, ?, ?>> run =
        source -> Pretraining.of(task(EXACT), source, TrainingPlan.of(1, N));
    Source<Image> numbers = new Numbered(List.of());
    task(EXACT).check(N, numbers);
    assertThatThrownBy(() -> run.apply(numbers.subset(1, 2, 3, 4, 5)).run(null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the bank holds rows of 12 images, the source has 5")
        .hasMessageContaining("source.size()");
    Iterator<Image> none = new ArrayList<Image>().iterator();
    Source<Image> stream = StreamSource.of("a stream", IMAGES, 1, () -> none);
    assertThatThrownBy(() -> run.apply(stream).run(null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a stream (stream of 12 items, buffer 1) does not have")
        .hasMessageContaining("give a source with an index");
    Source<Image> more =
        ListSource.of("more", Arrays.asList(new Image[] {numbered(1), numbered(2)}));
    assertThatThrownBy(() -> task(EXACT).check(2, more)).hasMessageContaining("the source has 2");
  }

  @Test
  void oneImageAStepIsRefusedWhereTheHeadHasANorm() {
    task(EXACT.withNormed(false)).check(1, IMAGES);
    assertThatThrownBy(() -> task(EXACT.withNormed(true)).check(1, IMAGES))
        .hasMessageContaining("batchSize is 1")
        .hasMessageContaining("take 2 or more");
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    assertThatThrownBy(() -> EXACT.withNegatives(-1)).hasMessageContaining("negatives -1");
    assertThatThrownBy(() -> EXACT.withTemperature(0)).hasMessageContaining("temperature is 0.0");
    assertThatThrownBy(() -> EXACT.withBankMomentum(1)).hasMessageContaining("bankMomentum is 1.0");
    assertThatThrownBy(() -> EXACT.withBankMomentum(-0.1))
        .hasMessageContaining("bankMomentum is -0.1");
    assertThatThrownBy(() -> EXACT.withProximity(-1)).hasMessageContaining("proximity is -1.0");
    assertThatThrownBy(() -> new InstanceDiscrimination.Options(0, false, 0, 0.1, 0.5, 0, FLOATS))
        .hasMessageContaining("dimension is 0");
  }

  @Test
  void presetsHaveTheirValues() {
    assertThat(InstanceDiscrimination.Options.paper(FLOATS))
        .isEqualTo(new InstanceDiscrimination.Options(128, false, 4096, 0.07, 0.5, 0, FLOATS));
    assertThat(InstanceDiscrimination.Options.small(FLOATS))
        .isEqualTo(new InstanceDiscrimination.Options(128, true, 0, 0.1, 0.5, 0, FLOATS));
  }
}
