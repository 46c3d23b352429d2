package org.selfsup4j.pretext.inpainting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.ListSource;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.format.SafeTensors;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.module.Parameter;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.optim.Adam;
import org.selfsup4j.core.optim.Schedule;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.Step;
import org.selfsup4j.core.task.Turn;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.train.EncoderFile;
import org.selfsup4j.core.train.Pretraining;
import org.selfsup4j.core.train.StepRunner;
import org.selfsup4j.core.train.TrainingPlan;
import org.selfsup4j.models.ResNet;
import org.selfsup4j.models.ResNetOptions;
import org.selfsup4j.pretext.inpainting.ContextEncoder.Batch;
import org.selfsup4j.pretext.inpainting.ContextEncoder.Options;
import org.selfsup4j.testkit.TaskContract;

class ContextEncoderTest {

  private static final Augmentation FLOATS = (image, random) -> image.toFloat();
  private static final Options SMALL = Options.small(FLOATS).withImageSize(16).withOverlap(1, 10);

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

  /** Waves of a direction, length and phase for each image. */
  static Source<Image> images() {
    List<Image> images = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      RandomStream random = RandomStream.of(2).at(i);
      double down = random.uniform(-0.6, 0.6);
      double across = random.uniform(-0.6, 0.6);
      float[] pixels = new float[16 * 16 * 3];
      for (int p = 0; p < pixels.length; p++) {
        int row = p / 48;
        int column = p / 3 % 16;
        pixels[p] = (float) Math.sin(down * row + across * column + i * (1 + p % 3));
      }
      images.add(Image.ofFloats(16, 16, 3, pixels));
    }
    return ListSource.of("waves", images);
  }

  private static ResNet encoder() {
    ResNetOptions options =
        ResNetOptions.resnet18(ResNet.Stem.SMALL).withWidth(8).withDepths(1, 1, 1);
    return ResNet.of(options, RandomStream.of(1)); // a quarter of the side: 4 x 4
  }

  /** For images of 16, with a discriminator. */
  static ContextEncoder small() {
    return task(SMALL);
  }

  private static ContextEncoder task(Options options) {
    return ContextEncoder.of(encoder(), options, RandomStream.of(2));
  }

  @ParameterizedTest
  @CsvSource({"nd4j, DOUBLE", "onednn, FLOAT"})
  void theErrorIsTheWeightedMeanOverWhatCounts(String set, ElementType type) {
    RandomStream random = RandomStream.of(3);
    double[] guess = new double[2 * 3 * 4 * 4];
    double[] target = new double[guess.length];
    double[] weight = new double[2 * 4 * 4];
    double[] choice = {0, 1, 10};
    for (int i = 0; i < guess.length; i++) {
      guess[i] = (float) random.uniform(-1, 1);
      target[i] = (float) random.uniform(-1, 1);
      weight[i % weight.length] = choice[random.nextInt(3)];
    }
    double sum = 0;
    int counted = 0;
    for (int i = 0; i < guess.length; i++) {
      double w = weight[i / 48 * 16 + i % 16];
      sum += w * (guess[i] - target[i]) * (guess[i] - target[i]);
      counted += w > 0 ? 1 : 0;
    }
    try (Arena arena = new Arena();
        Session session = Session.evaluation(KernelSets.open(set), arena, "test")) {
      Reconstruction result =
          new Reconstruction(
              session.tensor(type, guess, 2, 3, 4, 4),
              session.tensor(type, target, 2, 3, 4, 4),
              session.tensor(type, weight, 2, 1, 4, 4));
      double tolerance = type == ElementType.DOUBLE ? 1e-12 : 1e-5;
      assertThat(result.error().item()).isCloseTo(sum / counted, within(tolerance));
      double[] filled = result.filledIn().toDoubles();
      for (int i = 0; i < filled.length; i++) {
        assertThat(filled[i]).isEqualTo(weight[i / 48 * 16 + i % 16] > 0 ? guess[i] : target[i]);
      }
    }
  }

  /** Equations 2 and 3 from the network's own logits, in plain numbers. */
  @Test
  void bothLossesAreThoseOfTheEquations() {
    ContextEncoder task = task(SMALL);
    Discriminator judge = task.discriminator().orElseThrow();
    double[] losses = new double[2];
    onBatch(
        task,
        (batch, step) -> {
          List<Turn<Batch>> turns = task.turns();
          Pass pass = step.pass();
          Reconstruction result = task.reconstruct(batch, pass);
          double[] real = judge.apply(result.target(), pass).toDoubles();
          double[] guessed = judge.apply(result.filledIn(), pass).toDoubles();
          double discriminator = 0;
          double adversarial = 0;
          for (int n = 0; n < 8; n++) {
            double realScore = 1 / (1 + Math.exp(-real[n]));
            double score = 1 / (1 + Math.exp(-guessed[n]));
            discriminator -= (Math.log(realScore) + Math.log(1 - score)) / 8;
            adversarial -= Math.log(score) / 8;
          }
          double generator = 0.999 * result.error().item() + 0.001 * adversarial;
          losses[0] = turns.get(0).loss().compute(batch, step).value().item() - discriminator;
          losses[1] = turns.get(1).loss().compute(batch, step).value().item() - generator;
        });
    assertThat(losses[0]).isCloseTo(0, within(1e-5));
    assertThat(losses[1]).isCloseTo(0, within(1e-5));
  }

  private interface OnBatch {
    void run(Batch batch, Step step);
  }

  private void onBatch(ContextEncoder task, OnBatch use) {
    try (Arena arena = new Arena();
        Session session = Session.training(kernels, arena, "test")) {
      use.run(batch(task, session), new Step(0, 0, 0, new Pass(true, RandomStream.of(5), session)));
    }
  }

  private static Batch batch(ContextEncoder task, Session session) {
    float[][] all = {new float[8 * 768], new float[8 * 256], new float[8 * 256]};
    for (int i = 0; i < 8; i++) {
      ContextEncoder.Example example =
          task.example(Sample.read(images(), i), RandomStream.of(6).at(i));
      example.image().writeTo(all[0], i * 768);
      example.hidden().writeTo(all[1], i * 256);
      example.weight().writeTo(all[2], i * 256);
    }
    return new Batch(
        session.tensor(all[0], 8, 16, 16, 3).permute(0, 3, 1, 2),
        session.tensor(all[1], 8, 1, 16, 16),
        session.tensor(all[2], 8, 1, 16, 16));
  }

  @Test
  void eachTurnGivesGradientsToItsOwnPartsAloneAndBothMove() {
    ContextEncoder task = task(SMALL);
    Map<String, Parameter> parameters = Parts.of(task).parameters();
    Predicate<String> judges = name -> name.startsWith("discriminator.");
    for (Turn<Batch> turn : task.turns()) {
      parameters.values().forEach(p -> kernels.fill(p.variable().gradient(), 0));
      Set<Parameter> trained = new HashSet<>();
      turn.trained().forEach(module -> trained.addAll(Parts.of(module).parameters().values()));
      try (Arena arena = new Arena();
          Session session = Session.training(kernels, arena, "test")) {
        session.train(
            variable -> trained.stream().anyMatch(parameter -> parameter.variable() == variable));
        Step step = new Step(0, 0, 0, new Pass(true, RandomStream.of(5), session));
        session.backward(turn.loss().compute(batch(task, session), step).value());
      }
      boolean judging = turn.name().equals(ContextEncoder.DISCRIMINATOR);
      parameters.forEach(
          (name, parameter) ->
              assertThat(kernels.sumOfSquares(parameter.variable().gradient()) > 0)
                  .as("%s has a gradient in the turn %s", name, turn.name())
                  .isEqualTo(judges.test(name) == judging));
    }
    Map<String, double[]> before = new LinkedHashMap<>();
    parameters.forEach((name, parameter) -> before.put(name, parameter.toDoubles()));
    try (StepRunner<Batch> runner = new StepRunner<>(task, plan(1), kernels, 10)) {
      runner.run(0, 0, session -> batch(task, session), false);
    }
    parameters.forEach(
        (name, parameter) ->
            assertThat(parameter.toDoubles()).as(name).isNotEqualTo(before.get(name)));
  }

  static TrainingPlan plan(int epochs) {
    Adam adam = new Adam(0.5, 0.999, 1e-8, 0);
    return TrainingPlan.of(epochs, 8)
        .withOptimizer(adam, Schedule.constant(2e-3))
        .withOptimizerOf(ContextEncoder.DISCRIMINATOR, adam, Schedule.constant(2e-4));
  }

  /** The adversary's share of the gradient is what its weight says, and none without it. */
  @Test
  void theAdversaryReachesTheDecoder() {
    ContextEncoder with = task(SMALL);
    ContextEncoder without = task(SMALL.withoutAdversary());
    assertThat(without.discriminator()).isEmpty();
    assertThat(without.turns()).extracting(Turn::name).containsExactly(ContextEncoder.GENERATOR);
    ContextEncoder alone =
        new ContextEncoder(with.encoder(), with.decoder(), Optional.empty(), without.options());
    double[] first = gradientOfPixels(alone);
    double[] both = gradientOfPixels(with);
    double farthest = 0;
    for (int i = 0; i < first.length; i++) {
      farthest = Math.max(farthest, Math.abs(both[i] - 0.999 * first[i]));
    }
    assertThat(farthest).as("what the adversary adds").isGreaterThan(1e-8);
  }

  private double[] gradientOfPixels(ContextEncoder task) {
    onBatch(task, (batch, step) -> step.pass().session().backward(task.loss(batch, step).value()));
    try (Arena arena = new Arena();
        Session reading = Session.evaluation(kernels, arena, "reading")) {
      return reading.constant(task.decoder().pixels().weight().variable().gradient()).toDoubles();
    }
  }

  @Test
  void theEncoderDoesNotSeeWhatIsHidden() {
    for (Region region :
        List.of(new Region.Centre(), new Region.Blocks(4), new Region.Shapes(0.25, 4))) {
      ContextEncoder task = task(SMALL.withRegion(region));
      onBatch(
          task,
          (batch, step) -> {
            Pass pass = step.pass().evaluating();
            double[] guess = task.reconstruct(batch, pass).guess().toDoubles();
            Tensor other = batch.image().plus(batch.hidden().times(100));
            Batch changed = new Batch(other, batch.hidden(), batch.weight());
            assertThat(task.reconstruct(changed, pass).guess().toDoubles()).containsExactly(guess);
          });
    }
  }

  @Test
  void keepsTheContractWithItsAdversary() {
    TaskContract.of(() -> task(SMALL), images())
        .on(kernels)
        .overfitting(60, 1e-2, 0.7)
        .overfittingMeasure("reconstruction", 0.5) // the sum alone could be the discriminator's
        .holds();
  }

  @Test
  void keepsTheContractWithout() {
    Options shapes = SMALL.withRegion(new Region.Shapes(0.25, 4)).withoutAdversary();
    TaskContract.of(() -> task(shapes), images()).on(kernels).overfitting(60, 1e-2, 0.3).holds();
  }

  @Test
  void theEncoderFileHoldsTheEncoderAlone(@TempDir Path temporary) {
    ContextEncoder task = task(SMALL);
    Path folder = temporary.resolve("run");
    Pretraining.of(task, images(), plan(1)).withKernels(kernels).run(folder);
    Path file = folder.resolve("encoder.safetensors");
    try (SafeTensors tensors = SafeTensors.open(file)) {
      assertThat(tensors.names()).isEqualTo(Parts.of(task.encoder()).states().keySet());
    }
    ResNet fresh = encoder();
    EncoderFile.load(file, fresh);
    assertThat(fresh.stem().convolution().weight().toDoubles())
        .containsExactly(((ResNet) task.encoder()).stem().convolution().weight().toDoubles());
    assertThat(folder.resolve("pictures/results.png")).isNotEmptyFile();
  }

  @Test
  void presetsAreThePapers() {
    Options paper = Options.paper(FLOATS);
    assertThat(paper.imageSize()).isEqualTo(128);
    assertThat(paper.predictedSize()).isEqualTo(64);
    assertThat(paper.overlap()).isEqualTo(7);
    assertThat(paper.overlapWeight()).isEqualTo(10);
    assertThat(paper.reconstructionWeight()).isEqualTo(0.999);
    assertThat(paper.adversarialWeight()).isEqualTo(0.001);
    assertThat(Options.paperFeatures(FLOATS).region()).isEqualTo(new Region.Shapes(0.25, 8));
    assertThat(Options.paperFeatures(FLOATS).adversarialWeight()).isZero();
    assertThat(Options.smallFeatures(FLOATS).region()).isEqualTo(new Region.Shapes(0.25, 4));
    assertThat(Options.smallFeatures(FLOATS).overlap()).isZero();
    assertThat(Options.smallFeatures(FLOATS).adversarialWeight()).isZero();
    ResNet large =
        ResNet.of(ResNetOptions.resnet18(ResNet.Stem.LARGE).withWidth(4), RandomStream.of(1));
    assertThat(ContextEncoder.of(large, paper, RandomStream.of(2)).decoder().stages())
        .as("doublings of 4x4 to 32x32, before the last to 64x64")
        .hasSize(3);
  }

  @Test
  void wrongPairingsAreRefusedWithBothValues() {
    assertThatThrownBy(() -> task(SMALL.withImageSize(18)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the encoder's last maps are 5x5 and the guessed square is 9x9")
        .hasMessageContaining("the square must be 10, 20, 40");
    assertThatThrownBy(() -> SMALL.withOverlap(4, 10))
        .hasMessageContaining("overlap 4 on both sides leaves nothing to hide of a guessed square")
        .hasMessageContaining("of 8");
    ContextEncoder task = task(SMALL);
    refuses(task, Image.ofFloats(16, 16, 1, new float[256]), "an image is 16x16 with 1 channels");
    refuses(task, Image.ofFloats(20, 16, 3, new float[960]), "an image is 20x16 with 3 channels");
    Options whole = SMALL.withRegion(new Region.Blocks(4));
    assertThatThrownBy(
            () -> new ContextEncoder(encoder(), task.decoder(), task.discriminator(), whole))
        .hasMessageContaining("the decoder guesses a square of 8, the options ask for one of 16");
    assertThatThrownBy(() -> new ContextEncoder(encoder(), task.decoder(), Optional.empty(), SMALL))
        .hasMessageContaining("adversarialWeight is 0.001 with no discriminator");
    Decoder narrow = Decoder.of(3, 4, 8, 3, RandomStream.of(1));
    assertThatThrownBy(() -> new ContextEncoder(encoder(), narrow, task.discriminator(), SMALL))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("do not fit weight [C, P, P] [3, 16, 16]");
  }

  @Test
  void grayImagesAreRefusedBeforeThereIsARun(@TempDir Path temporary) {
    Path folder = temporary.resolve("run");
    List<Image> gray = Collections.nCopies(12, Image.ofFloats(16, 16, 1, new float[256]));
    assertThatThrownBy(
            () ->
                Pretraining.of(task(SMALL), ListSource.of("gray", gray), plan(1))
                    .withKernels(kernels)
                    .run(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("an image is 16x16 with 1 channels, the context encoder was built")
        .hasMessageContaining("for 16x16 with 3");
    assertThat(folder).doesNotExist();
  }

  private static void refuses(ContextEncoder task, Image image, String saying) {
    Sample<Image> sample = Sample.read(ListSource.of("one", List.of(image)), 0);
    assertThatThrownBy(() -> task.example(sample, RandomStream.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(saying)
        .hasMessageContaining("was built for 16x16 with 3");
  }
}
