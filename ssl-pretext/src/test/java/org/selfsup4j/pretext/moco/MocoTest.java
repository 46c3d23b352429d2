package org.selfsup4j.pretext.moco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Parameter;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.module.Teacher;
import org.selfsup4j.core.optim.Schedule;
import org.selfsup4j.core.optim.Sgd;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.PretextTask;
import org.selfsup4j.core.task.Step;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.train.StepRunner;
import org.selfsup4j.core.train.TrainingPlan;
import org.selfsup4j.models.ResNet;
import org.selfsup4j.models.ResNetOptions;
import org.selfsup4j.models.VisionTransformer;
import org.selfsup4j.models.VisionTransformerOptions;
import org.selfsup4j.pretext.parts.Branch;
import org.selfsup4j.pretext.parts.Head;
import org.selfsup4j.pretext.parts.NormedHead;
import org.selfsup4j.pretext.parts.ProjectionHead;
import org.selfsup4j.pretext.parts.Queue;
import org.selfsup4j.pretext.parts.ViewPairs;

/** Both versions: the teacher, the queue, what is trained and what is refused. */
class MocoTest {

  private static final int N = 8;
  private static final int SIDE = 8;
  private static final Augmentation FLOATS = (image, random) -> image.toFloat();
  private static final MocoV2.Options V2 = new MocoV2.Options(12, 6, 0.9, 0.2, 2, FLOATS);
  private static final MocoV3.Options V3 =
      MocoV3.Options.small(FLOATS, FLOATS)
          .withWidths(16, 6)
          .withTeacherMomentum(Schedule.cosine(0.9, 1));

  private final Kernels kernels = KernelSets.choose();

  private static ResNet resNet() {
    return ResNet.of(
        ResNetOptions.resnet18(ResNet.Stem.SMALL).withWidth(8).withDepths(1, 1),
        RandomStream.of(1));
  }

  private static VisionTransformer transformer() {
    return VisionTransformer.of(VisionTransformerOptions.of(SIDE, 4, 16, 2, 2), RandomStream.of(1));
  }

  private static MocoV2 v2() {
    return MocoV2.of(resNet(), V2, RandomStream.of(2));
  }

  private static MocoV3 v3() {
    return MocoV3.of(transformer(), V3, RandomStream.of(2));
  }

  /** Views [2, N, C, H, W] of noise. */
  private static Tensor views(Session session) {
    RandomStream random = RandomStream.of(3);
    float[] pixels = new float[2 * N * SIDE * SIDE * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.uniform(-1, 1);
    }
    return session.tensor(pixels, 2, N, SIDE, SIDE, 3).permute(0, 1, 4, 2, 3);
  }

  private static Map<String, double[]> numbers(Module module) {
    Map<String, double[]> numbers = new LinkedHashMap<>();
    Parts.of(module)
        .parameters()
        .forEach((name, parameter) -> numbers.put(name, parameter.toDoubles()));
    return numbers;
  }

  private <B> void steps(
      PretextTask<?, ?, B> task, Function<Tensor, B> batch, int steps, Runnable afterEach) {
    TrainingPlan plan =
        TrainingPlan.of(1, N).withOptimizer(new Sgd(0, 0.5, false), Schedule.constant(0.1));
    try (StepRunner<B> runner = new StepRunner<>(task, plan, kernels, steps)) {
      for (int step = 0; step < steps; step++) {
        runner.run(step, 0, session -> batch.apply(views(session)), false);
        afterEach.run();
      }
    }
  }

  private void inStep(Consumer<Step> use) {
    try (Arena arena = new Arena(1 << 16);
        Session session = Session.training(kernels, arena, "test")) {
      use.accept(new Step(0, 0, 0, new Pass(true, RandomStream.of(4), session)));
    }
  }

  @Test
  void theTeacherOfVersionTwoFollowsByItsMomentum() {
    MocoV2 task = v2();
    Module student = new Branch(task.encoder(), task.projector());
    Map<String, double[]> start = numbers(student);
    Map<String, double[]> want = numbers(task.teacher().module());
    assertThat(want).usingRecursiveComparison().isEqualTo(start);
    steps(task, ViewPairs::new, 3, () -> follow(want, numbers(student), 0.9));
    requireClose(numbers(task.teacher().module()), want);
    assertThat(numbers(student).get("encoder.stem.convolution.weight"))
        .isNotEqualTo(start.get("encoder.stem.convolution.weight"));
  }

  @Test
  void theMomentumOfVersionThreeRisesToOneByACosine() {
    MocoV3 task = v3();
    Module student = new Branch(task.encoder(), task.projector());
    Map<String, double[]> want = numbers(task.teacher().module());
    double[] momenta = {0.9, 0.925, 0.975}; // progress 0, 1/3, 2/3: cosines 1, .5, -.5
    int[] step = {0};
    steps(task, ViewPairs::new, 3, () -> follow(want, numbers(student), momenta[step[0]++]));
    requireClose(numbers(task.teacher().module()), want);
  }

  private static void follow(
      Map<String, double[]> teacher, Map<String, double[]> student, double momentum) {
    teacher.forEach(
        (name, values) -> {
          for (int i = 0; i < values.length; i++) {
            values[i] = momentum * values[i] + (1 - momentum) * student.get(name)[i];
          }
        });
  }

  private static void requireClose(Map<String, double[]> got, Map<String, double[]> want) {
    assertThat(got.keySet()).isEqualTo(want.keySet());
    want.forEach(
        (name, values) -> assertThat(got.get(name)).as(name).containsExactly(values, within(1e-6)));
  }

  @Test
  void nothingOfTheKeysIsOnTheTape() {
    MocoV2 second = v2();
    inStep(
        step -> {
          second.loss(new ViewPairs(views(step.pass().session())), step);
          requireOnTape(second, second.teacher(), step.pass().session());
        });
    MocoV3 third = v3();
    inStep(
        step -> {
          third.loss(new ViewPairs(views(step.pass().session())), step);
          requireOnTape(third, third.teacher(), step.pass().session());
        });
  }

  private static void requireOnTape(Module task, Teacher<?> teacher, Session session) {
    Parts.of(task)
        .parameters()
        .forEach(
            (name, parameter) ->
                assertThat(session.isLeaf(parameter.variable())).as(name).isTrue());
    Map<String, Parameter> followed = Parts.of(teacher.module()).parameters();
    assertThat(followed).isNotEmpty();
    followed.forEach(
        (name, parameter) ->
            assertThat(session.isLeaf(parameter.variable())).as("teacher's " + name).isFalse());
  }

  @Test
  void theLossIsThatOfKeysAndQueueWrittenOutAndTheKeysAreKept() {
    MocoV2 task = v2();
    double[] past = task.queue().rows().toDoubles();
    inStep(
        step -> {
          Session session = step.pass().session();
          Tensor views = views(session);
          double loss = task.loss(new ViewPairs(views), step).value().item();
          double[] keys = task.queue().rows().toDoubles();
          Branch student = new Branch(task.encoder(), task.projector());
          Tensor images = views.slice(0, 0, 1).reshape(N, 3, SIDE, SIDE);
          double want = 0;
          for (int part = 0; part < 2; part++) {
            Tensor half = images.slice(0, part * 4L, part * 4L + 4);
            double[] queries = student.apply(half, step.pass()).toDoubles();
            for (int i = 0; i < 4; i++) {
              want += crossEntropy(queries, i, keys, part * 4 + i, past) / N;
            }
          }
          assertThat(loss).isCloseTo(want, within(1e-4));
          assertThat(task.queue().oldest().toDoubles()).containsExactly(8);
        });
  }

  /** -log of the softmax of row i's own key among it and the past rows, of 6 numbers each. */
  private static double crossEntropy(double[] q, int i, double[] keys, int own, double[] past) {
    double length = Math.sqrt(dot(q, i, q, i));
    double mine = Math.exp(dot(q, i, keys, own) / length / 0.2);
    double all = mine;
    for (int k = 0; k < 12; k++) {
      all += Math.exp(dot(q, i, past, k) / length / 0.2);
    }
    return -Math.log(mine / all);
  }

  private static double dot(double[] a, int row, double[] b, int other) {
    double sum = 0;
    for (int i = 0; i < 6; i++) {
      sum += a[row * 6 + i] * b[other * 6 + i];
    }
    return sum;
  }

  @Test
  void aFrozenPatchEmbeddingStaysAsItIsThoughOthersDecay() {
    for (boolean frozen : new boolean[] {true, false}) {
      MocoV3 task = MocoV3.of(transformer(), V3.withFrozenPatches(frozen), RandomStream.of(2));
      Map<String, double[]> before = numbers(task);
      steps(task, ViewPairs::new, 2, () -> {});
      Map<String, double[]> after = numbers(task);
      before.forEach(
          (name, values) -> {
            boolean patches = name.startsWith("encoder.patchEmbedding");
            boolean same = Arrays.equals(after.get(name), values);
            assertThat(same).as("%s is unchanged", name).isEqualTo(frozen && patches);
          });
    }
  }

  @Test
  void wrongPairingsAreRefusedWithBothValues() {
    ImageEncoder encoder = resNet();
    assertThatThrownBy(() -> MocoV3.of(encoder, V3, RandomStream.of(2)))
        .hasMessageContaining("frozenPatches is true")
        .hasMessageContaining("ResNet");
    assertThat(MocoV3.of(encoder, V3.withFrozenPatches(false), RandomStream.of(2))).isNotNull();
    MocoV2 task = v2();
    Head wide = ProjectionHead.of(RandomStream.of(1), 16, 7);
    assertThatThrownBy(
            () ->
                new MocoV2(encoder, wide, task.teacher(), Queue.of(12, 6, RandomStream.of(1)), V2))
        .hasMessageContaining("the projector gives 7 numbers, the queue holds rows of 6");
    MocoV2.Options longer = V2.withQueueSize(16);
    assertThatThrownBy(
            () ->
                new MocoV2(task.encoder(), task.projector(), task.teacher(), task.queue(), longer))
        .hasMessageContaining("the options ask for a queue of 16 keys, the queue holds 12");
    MocoV3 third = v3();
    Head predictor = NormedHead.of(RandomStream.of(1), 6, 16, 5);
    assertThatThrownBy(
            () -> new MocoV3(third.encoder(), third.projector(), predictor, third.teacher(), V3))
        .hasMessageContaining("gives 6 numbers, the predictor gives 5");
  }

  @Test
  void batchesThatDoNotSplitAreRefusedBeforeTheFirstStep() {
    assertThatThrownBy(() -> v2().check(9, 100))
        .hasMessageContaining("batchSize is 9 and splits is 2")
        .hasMessageContaining("a multiple of 4");
    assertThatThrownBy(() -> v2().check(2, 100)).hasMessageContaining("at least 2 images");
    v2().check(20, 100); // larger than the queue of 12
    assertThatThrownBy(() -> v2().check(8, 12))
        .hasMessageContaining("the queue holds 12 keys, the data has 12 images");
    assertThatThrownBy(() -> v3().check(1, 100)).hasMessageContaining("batchSize is 1");
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    assertThatThrownBy(() -> V2.withQueueSize(0)).hasMessageContaining("queueSize is 0");
    assertThatThrownBy(() -> V2.withSplits(0)).hasMessageContaining("splits 0");
    assertThatThrownBy(() -> V2.withTemperature(0)).hasMessageContaining("temperature is 0.0");
    assertThatThrownBy(() -> V2.withTeacherMomentum(1.5))
        .hasMessageContaining("teacherMomentum is 1.5");
    assertThatThrownBy(() -> V3.withTemperature(-1)).hasMessageContaining("temperature is -1.0");
    assertThatThrownBy(() -> V3.withWidths(0, 6)).hasMessageContaining("hidden is 0");
  }

  @Test
  void presetsHaveThePapersValues() {
    MocoV2.Options two = MocoV2.Options.paper(FLOATS);
    assertThat(two).isEqualTo(new MocoV2.Options(65_536, 128, 0.999, 0.2, 8, FLOATS));
    MocoV3.Options three = MocoV3.Options.paper(FLOATS, FLOATS);
    Schedule rising = Schedule.cosine(0.99, 1);
    assertThat(three).isEqualTo(new MocoV3.Options(4096, 256, rising, 0.2, true, FLOATS, FLOATS));
  }
}
