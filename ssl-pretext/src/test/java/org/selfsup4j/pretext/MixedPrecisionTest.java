package org.selfsup4j.pretext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.optim.AdamW;
import org.selfsup4j.core.optim.Schedule;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.PretextTask;
import org.selfsup4j.core.tensor.Precision;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.train.StepRunner;
import org.selfsup4j.core.train.TrainingPlan;
import org.selfsup4j.models.ResNet;
import org.selfsup4j.models.ResNetOptions;
import org.selfsup4j.models.VisionTransformer;
import org.selfsup4j.models.VisionTransformerOptions;
import org.selfsup4j.pretext.mae.Decoder;
import org.selfsup4j.pretext.mae.MaskedAutoencoder;
import org.selfsup4j.pretext.rotation.Rotation;

/** Steps in bfloat16 beside the same steps in float32. */
class MixedPrecisionTest {

  private static final int N = 16;

  private final Kernels kernels = KernelSets.choose();

  private static float[] numbers(String name, int count) {
    RandomStream random = RandomStream.of(5).at(name);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static Tensor images(Session session) {
    return session.tensor(numbers("images", N * 16 * 16 * 3), N, 16, 16, 3).permute(0, 3, 1, 2);
  }

  private static Rotation rotation() {
    ResNetOptions options =
        ResNetOptions.resnet18(ResNet.Stem.LARGE).withWidth(16).withDepths(1, 1);
    return Rotation.of(
        ResNet.of(options, RandomStream.of(1)),
        Rotation.Options.small((image, random) -> image),
        RandomStream.of(2));
  }

  private static Rotation.Batch turned(Session session) {
    long[] turns = new long[N];
    for (int i = 0; i < N; i++) {
      turns[i] = i % 4;
    }
    return new Rotation.Batch(images(session).reshape(1, N, 3, 16, 16), session.ids(turns, 1, N));
  }

  private static MaskedAutoencoder autoencoder() {
    VisionTransformerOptions options = VisionTransformerOptions.of(16, 4, 48, 2, 3);
    return MaskedAutoencoder.of(
        VisionTransformer.of(options, RandomStream.of(1)),
        MaskedAutoencoder.Options.paper((image, random) -> image)
            .withDecoder(new Decoder.Sizes(32, 1, 4)),
        RandomStream.of(2));
  }

  private static MaskedAutoencoder.Batch masked(Session session) {
    return new MaskedAutoencoder.Batch(
        images(session), session.tensor(numbers("noise", N * 16), N, 16));
  }

  private static TrainingPlan plan(Precision precision) {
    return TrainingPlan.of(1, N)
        .withOptimizer(AdamW.withDecay(0), Schedule.constant(2e-3))
        .withPrecision(precision);
  }

  /** The losses of {@code steps} steps, and the first step's gradients under their names. */
  private record Trained(double[] losses, Map<String, double[]> gradients) {}

  private <B> Trained train(
      Supplier<? extends PretextTask<?, ?, B>> tasks,
      Function<Session, B> batch,
      Precision precision,
      int steps) {
    PretextTask<?, ?, B> task = tasks.get();
    double[] losses = new double[steps];
    Map<String, double[]> gradients = new LinkedHashMap<>();
    try (StepRunner<B> runner = new StepRunner<>(task, plan(precision), kernels, steps)) {
      assertThat(runner.precision())
          .isEqualTo(precision.isServedBy(kernels) ? precision : Precision.FLOAT32);
      for (int step = 0; step < steps; step++) {
        losses[step] = runner.run(step, 0, batch, false).loss();
        if (step == 0) {
          Parts.of(task)
              .parameters()
              .forEach((name, p) -> gradients.put(name, read(p.variable().gradient())));
        }
      }
    }
    return new Trained(losses, gradients);
  }

  private double[] read(org.selfsup4j.core.memory.Block block) {
    try (Arena arena = new Arena(1 << 16);
        Session session = Session.evaluation(kernels, arena, "gradient")) {
      return session.constant(block).toDoubles();
    }
  }

  private <B> void sameLearning(
      Supplier<? extends PretextTask<?, ?, B>> tasks, Function<Session, B> batch, double noise) {
    Trained wide = train(tasks, batch, Precision.FLOAT32, 40);
    Trained narrow = train(tasks, batch, Precision.BFLOAT16, 40);
    assertThat(narrow.losses[0]).isCloseTo(wide.losses[0], withinPercent(1));
    wide.gradients.forEach(
        (name, want) -> {
          double[] got = narrow.gradients.get(name);
          double difference = 0;
          double size = 1e-12;
          for (int i = 0; i < want.length; i++) {
            difference += (got[i] - want[i]) * (got[i] - want[i]);
            size += want[i] * want[i];
          }
          assertThat(Math.sqrt(difference / size)).as("gradient of " + name).isLessThan(noise);
        });
    assertThat(mean(narrow.losses)).isCloseTo(mean(wide.losses), withinPercent(3));
    assertThat(wide.losses[39]).isLessThan(wide.losses[0]);
  }

  private static org.assertj.core.data.Percentage withinPercent(double percent) {
    return org.assertj.core.data.Percentage.withPercentage(percent);
  }

  private static double mean(double... values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  @Test
  void aResidualNetworkLearnsTheSame() {
    // Where relu or the largest of a window takes another side, whole gradients differ.
    sameLearning(MixedPrecisionTest::rotation, MixedPrecisionTest::turned, 0.25);
  }

  @Test
  void aTransformerLearnsTheSame() {
    sameLearning(MixedPrecisionTest::autoencoder, MixedPrecisionTest::masked, 0.06);
  }

  /** What encoders give out is FLOAT, whatever they computed in. */
  @Test
  void tasksSeeFloats() {
    if (!Precision.BFLOAT16.isServedBy(kernels)) {
      return; // then there is nothing else than FLOAT
    }
    try (Arena arena = new Arena(1 << 20);
        Session session = Session.training(kernels, arena, "step", Precision.BFLOAT16)) {
      var pass = new org.selfsup4j.core.module.Pass(true, RandomStream.of(1), session);
      ResNet encoder = (ResNet) rotation().encoder();
      assertThat(encoder.features(images(session), pass).type()).isEqualTo(ElementType.FLOAT);
      assertThat(encoder.maps(images(session), pass))
          .allSatisfy(map -> assertThat(map.type()).isEqualTo(ElementType.FLOAT));
      Tensor inside = pass.narrow(images(session));
      assertThat(inside.type()).isEqualTo(ElementType.BFLOAT16);
      assertThatThrownBy(inside::exp)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("exp")
          .hasMessageContaining("use to(FLOAT)");
    }
  }

  @Test
  void otherKernelsComputeInFloat32() {
    Kernels portable = KernelSets.open("nd4j");
    try (StepRunner<Rotation.Batch> runner =
            new StepRunner<>(rotation(), plan(Precision.BFLOAT16), portable, 1);
        Arena arena = new Arena(1 << 16)) {
      assertThat(runner.precision()).isEqualTo(Precision.FLOAT32);
      assertThatThrownBy(() -> Session.training(portable, arena, "step", Precision.BFLOAT16))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("nd4j")
          .hasMessageContaining("bfloat16");
    }
  }
}
