package org.selfsup4j.pretext.dino;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.RandomResizedCrop;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.module.Buffer;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.module.State;
import org.selfsup4j.core.optim.Schedule;
import org.selfsup4j.core.optim.ScheduledAdamW;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.Step;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.train.StepResult;
import org.selfsup4j.core.train.StepRunner;
import org.selfsup4j.core.train.TrainingPlan;
import org.selfsup4j.models.ResNet;
import org.selfsup4j.models.ResNetOptions;
import org.selfsup4j.models.VisionTransformer;
import org.selfsup4j.models.VisionTransformerOptions;
import org.selfsup4j.pretext.parts.Branch;
import org.selfsup4j.pretext.parts.MultiCrop;

/** What a step of DINO changes, and what it leaves alone. */
class DinoTest {

  private static final Augmentation NONE = (image, random) -> image.toFloat();
  private static final DinoHead.Sizes SIZES = new DinoHead.Sizes(32, 16, 24);
  private static final int BATCH = 4;
  private static final int PER_EPOCH = 3;
  private static final int STEPS = 4 * PER_EPOCH;

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

  private static Dino.Options options() {
    return Dino.Options.small(16, NONE).withCrops(crops(8, 3)).withFrozenEpochs(1);
  }

  private static MultiCrop crops(int localSide, int locals) {
    return new MultiCrop(
        RandomResizedCrop.of(16), RandomResizedCrop.of(localSide), locals, NONE, NONE, NONE);
  }

  private static VisionTransformer vit() {
    return VisionTransformer.of(
        VisionTransformerOptions.of(16, 4, 32, 2, 2).withDropPath(0.3), RandomStream.of(1));
  }

  private static ResNet resNet() {
    return ResNet.of(
        ResNetOptions.resnet18(ResNet.Stem.SMALL).withWidth(8).withDepths(1, 1),
        RandomStream.of(1));
  }

  private static Dino dino(ImageEncoder encoder, Dino.Options options) {
    return Dino.of(encoder, options.withProjector(SIZES), RandomStream.of(2));
  }

  private static Dino.Batch batch(Session session) {
    Tensor[] crops = new Tensor[5];
    for (int i = 0; i < crops.length; i++) {
      int side = i < 2 ? 16 : 8;
      RandomStream random = RandomStream.of(7).at(i);
      double[] values = new double[BATCH * 3 * side * side];
      Arrays.setAll(values, p -> random.uniform(-1, 1));
      crops[i] = session.tensor(ElementType.FLOAT, values, BATCH, 3, side, side);
    }
    return new Dino.Batch(List.of(crops));
  }

  private StepRunner<Dino.Batch> runner(Dino task) {
    TrainingPlan plan =
        TrainingPlan.of(4, BATCH)
            .withOptimizer(ScheduledAdamW.of(Schedule.cosine(0.04, 0.4)), Schedule.constant(1e-3))
            .withClipNorm(3);
    return new StepRunner<>(task, plan, kernels, STEPS);
  }

  private static StepResult run(StepRunner<Dino.Batch> runner, long step) {
    return runner.run(step, step / PER_EPOCH, DinoTest::batch, false);
  }

  private <R> R evaluate(Function<Pass, R> work) {
    try (Arena arena = new Arena();
        Session session = Session.evaluation(kernels, arena, "test")) {
      return work.apply(new Pass(true, RandomStream.of(1), session));
    }
  }

  private static Map<String, double[]> values(Dino task, String prefix) {
    Map<String, double[]> values = new LinkedHashMap<>();
    for (Map.Entry<String, State> entry : Parts.of(task).states().entrySet()) {
      if (entry.getKey().startsWith(prefix)) {
        values.put(entry.getKey(), entry.getValue().toDoubles());
      }
    }
    assertThat(values).isNotEmpty();
    return values;
  }

  @Test
  void theTeacherStartsEqualAndIsNoParameter() {
    Dino task = dino(vit(), options());
    Parts parts = Parts.of(task);
    assertThat(parts.parameters().keySet()).noneMatch(name -> name.startsWith("teacher"));
    assertThat(parts.states()).containsKey("teacher.projector.prototypes.direction");
    assertThat(values(task, "teacher.encoder.").values())
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactlyElementsOf(values(task, "encoder.").values());
  }

  @Test
  void nothingOfTheTeacherMovesButByFollowing() {
    Dino still = dino(vit(), options().withTeacherMomentum(Schedule.constant(1)));
    Map<String, double[]> before = values(still, "teacher.");
    try (StepRunner<Dino.Batch> runner = runner(still)) {
      for (int step = 0; step < 2 * PER_EPOCH; step++) {
        run(runner, step);
      }
      assertThat(values(still, "teacher.")).usingRecursiveComparison().isEqualTo(before);
      for (State state : Parts.of(still.teacher()).states().values()) {
        assertThat(kernels.sumOfSquares(state.variable().gradient())).isZero();
      }
    }
    Dino following = dino(vit(), options().withTeacherMomentum(Schedule.cosine(0.9, 1)));
    double old = following.projector().first().weight().toDoubles()[0];
    try (StepRunner<Dino.Batch> runner = runner(following)) {
      double want = old;
      for (int step = 0; step < 3; step++) {
        run(runner, step);
        double momentum = Schedule.cosine(0.9, 1).at(step, STEPS);
        double student = following.projector().first().weight().toDoubles()[0];
        want = momentum * want + (1 - momentum) * student;
        DinoHead teacher = (DinoHead) following.teacher().module().projector();
        assertThat(teacher.first().weight().toDoubles()[0]).isCloseTo(want, within(1e-6));
      }
      assertThat(want).isNotEqualTo(old);
    }
  }

  @Test
  void thePrototypesRestInTheFirstEpochAndMoveLater() {
    Dino task = dino(vit(), options());
    double[] before = task.projector().prototypes().direction().toDoubles();
    try (StepRunner<Dino.Batch> runner = runner(task)) {
      Map<String, Block> state = runner.state();
      String moment = "optimizer.all.projector.prototypes.direction.second";
      for (int step = 0; step < PER_EPOCH; step++) {
        run(runner, step);
        assertThat(task.projector().prototypes().direction().toDoubles()).containsExactly(before);
        assertThat(kernels.sumOfSquares(state.get(moment))).isZero();
      }
      assertThat(task.projector().third().weight().toDoubles())
          .isNotEqualTo(dino(vit(), options()).projector().third().weight().toDoubles());
      run(runner, PER_EPOCH);
      assertThat(task.projector().prototypes().direction().toDoubles()).isNotEqualTo(before);
      assertThat(kernels.sumOfSquares(state.get(moment))).isPositive();
    }
  }

  @Test
  void theCentreMovesToTheMeanOfTheTeachersOutputs() {
    Dino task = dino(vit(), options());
    double[] centre = new double[SIZES.prototypes()];
    Arrays.setAll(centre, i -> 0.01 * i);
    task.centre().set(centre);
    Branch teacher = task.teacher().module();
    evaluate(
        pass -> {
          Dino.Batch batch = batch(pass.session());
          double[] want = centre.clone();
          for (int i = 0; i < 2; i++) {
            Tensor crop = batch.crops().get(i);
            double[] outputs = teacher.apply(crop, pass.evaluating()).toDoubles();
            for (int k = 0; k < want.length; k++) {
              want[k] = i == 0 ? 0.9 * want[k] : want[k];
              for (int n = 0; n < BATCH; n++) {
                want[k] += 0.1 * outputs[n * want.length + k] / (2 * BATCH);
              }
            }
          }
          task.loss(batch, new Step(0, STEPS, 0, pass));
          assertThat(task.centre().toDoubles()).containsExactly(want, within(1e-6));
          return null;
        });
  }

  @Test
  void aTeachersBatchNormsMeasureItsOwnBatches() {
    Dino task = dino(resNet(), options());
    try (StepRunner<Dino.Batch> runner = runner(task)) {
      run(runner, 0);
    }
    Map<String, double[]> running = values(task, "teacher.encoder.stem");
    assertThat(running.keySet()).anyMatch(name -> name.endsWith("runningMean"));
    running.forEach(
        (name, mean) -> {
          if (name.endsWith("runningMean")) {
            assertThat(mean).doesNotContain(0.0);
          }
        });
  }

  @Test
  void aRunThatIsResumedHasTheSameBits() {
    for (int stop : new int[] {2, PER_EPOCH + 1}) {
      Dino whole = dino(vit(), options());
      Dino second = dino(vit(), options());
      try (StepRunner<Dino.Batch> straight = runner(whole);
          StepRunner<Dino.Batch> first = runner(dino(vit(), options()));
          StepRunner<Dino.Batch> resumed = runner(second)) {
        for (int step = 0; step < 2 * PER_EPOCH; step++) {
          run(straight, step);
        }
        for (int step = 0; step < stop; step++) {
          run(first, step);
        }
        Map<String, Block> saved = first.state();
        assertThat(saved).containsKeys("task.centre", "task.teacher.projector.first.weight");
        resumed.state().forEach((name, block) -> kernels.copy(saved.get(name), block));
        resumed.resumeAfter(stop);
        for (int step = stop; step < 2 * PER_EPOCH; step++) {
          run(resumed, step);
        }
        assertThat(values(second, "")).usingRecursiveComparison().isEqualTo(values(whole, ""));
      }
    }
  }

  @Test
  void picturesShowWhereEachHeadLooks() {
    Dino task = dino(vit(), options());
    evaluate(
        pass -> {
          Map<String, Tensor> pictures = task.pictures(batch(pass.session()), pass.evaluating());
          assertThat(pictures.keySet()).containsExactly("original", "head 1", "head 2");
          Tensor head = pictures.get("head 1");
          assertThat(head.shape().toArray()).containsExactly(BATCH, 1, 16, 16);
          double[] weights = head.slice(0, 0, 1).toDoubles();
          assertThat(Arrays.stream(weights).max().orElseThrow()).isCloseTo(1, within(1e-6));
          for (int y = 0; y < 16; y++) {
            for (int x = 0; x < 16; x++) { // a patch of 4 x 4 is one square
              assertThat(weights[y * 16 + x]).isEqualTo(weights[y / 4 * 64 + x / 4 * 4]);
            }
          }
          assertThat(dino(resNet(), options()).pictures(batch(pass.session()), pass)).isEmpty();
          return null;
        });
  }

  @Test
  void refusesCropsThatAreNoWholePatches() {
    assertThatThrownBy(() -> dino(vit(), options().withCrops(crops(10, 3))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("local crops of 10x10 do not divide into patches of 4");
    VisionTransformer large =
        VisionTransformer.of(VisionTransformerOptions.of(24, 12, 32, 1, 2), RandomStream.of(1));
    assertThatThrownBy(() -> dino(large, options()))
        .hasMessageContaining("global crops of 16x16 do not divide into patches of 12");
    assertThat(dino(vit(), options().withCrops(crops(10, 0)))).isNotNull(); // none is cut
    assertThat(dino(resNet(), options().withCrops(crops(10, 3)))).isNotNull();
  }

  @Test
  void refusesPartsOfAnotherNetwork() {
    Dino task = dino(vit(), options());
    assertThatThrownBy(
            () ->
                new Dino(resNet(), task.projector(), task.teacher(), task.centre(), task.options()))
        .hasMessageContaining("the projector takes 32 features, the encoder gives 16");
    Buffer centre = Buffer.of(new double[7], 7);
    assertThatThrownBy(
            () -> new Dino(vit(), task.projector(), task.teacher(), centre, task.options()))
        .hasMessageContaining("the projector gives 24 numbers, the centre has 7");
  }

  @Test
  void refusesNumbersOutOfRange() {
    Warmup warmup = Warmup.none(0.04);
    Schedule momentum = Schedule.constant(0.9);
    assertThatThrownBy(() -> new Dino.Options(SIZES, crops(8, 1), 0, warmup, momentum, 0.9, 1))
        .hasMessageContaining("studentTemperature is 0.0");
    assertThatThrownBy(() -> new Dino.Options(SIZES, crops(8, 1), 0.1, warmup, momentum, 1, 1))
        .hasMessageContaining("centreMomentum is 1.0");
    assertThatThrownBy(() -> options().withFrozenEpochs(-1)).hasMessageContaining("frozenEpochs");
    assertThatThrownBy(() -> new DinoHead.Sizes(8, 4, 1)).hasMessageContaining("prototypes 1");
  }

  @Test
  void thePresetsAreThePapers() {
    Dino.Options paper = Dino.Options.paper(NONE);
    assertThat(paper.crops().count()).isEqualTo(10);
    assertThat(paper.teacherTemperature()).isEqualTo(new Warmup(0.04, 0.07, 30));
    assertThat(paper.teacherMomentum().at(0, 100)).isCloseTo(0.996, within(1e-12));
    assertThat(paper.teacherMomentum().at(50, 100)).isCloseTo(0.998, within(1e-12));
    assertThat(paper.teacherMomentum().at(100, 100)).isCloseTo(1, within(1e-12));
    assertThat(DinoHead.Sizes.paper()).isEqualTo(new DinoHead.Sizes(2048, 256, 65536));
  }
}
