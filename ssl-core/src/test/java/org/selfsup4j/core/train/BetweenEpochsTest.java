package org.selfsup4j.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.LoaderOptions;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.data.Stacking;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.module.Buffer;
import org.selfsup4j.core.module.Linear;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.Epoch;
import org.selfsup4j.core.task.ImageTask;
import org.selfsup4j.core.task.Loss;
import org.selfsup4j.core.task.Step;
import org.selfsup4j.core.tensor.Losses;
import org.selfsup4j.core.tensor.Rows;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;

/** What a task does between two epochs: look at all, label, order and begin parameters anew. */
class BetweenEpochsTest {

  private static final int IMAGES = 50; // 6 batches of 8 in training, a seventh of 2 in a look
  private static final TrainingPlan PLAN =
      TrainingPlan.of(3, 8).withCheckpoints(1, 30).withLogEvery(2);

  /**
   * Labels each image by the sign of a feature of its own, visits every second image twice, and
   * draws its head anew.
   */
  record Relabelled(TinyTask.Encoder encoder, Linear head, Buffer labels)
      implements ImageTask<Relabelled.Example, Relabelled.Batch> {

    record Example(Image image, long index) {}

    record Batch(Tensor image, Tensor index) {}

    static Relabelled of() {
      return new Relabelled(
          TinyTask.Encoder.of(4, RandomStream.of(1)),
          Linear.of(4, 2, RandomStream.of(2)),
          Buffer.of(ElementType.INT64, new double[IMAGES], IMAGES, 1));
    }

    @Override
    public Example example(Sample<Image> sample, RandomStream random) {
      Image image = sample.value();
      return new Example(random.chance(0.5) ? image.flipHorizontal() : image, sample.index());
    }

    @Override
    public Loss loss(Batch batch, Step step) {
      Tensor logits =
          head.apply(encoder.features(batch.image(), step.pass()), step.pass()); // [N, 2]
      Tensor own = Rows.gather(labels.in(step.pass()), batch.index()); // [N, 1]
      return Loss.of(Losses.crossEntropy(logits, own.reshape(own.size(0))));
    }

    @Override
    public void beforeEpoch(Epoch<Image> epoch) {
      double[] found = new double[IMAGES];
      double[] first = new double[IMAGES];
      epoch.forEachBatch(
          (sample, random) -> sample.value(),
          Stacking.of(Image.class, Tensor.class),
          (images, from, pass) -> {
            assertThat(pass.training()).isFalse();
            assertThat(pass.session().isRecording()).isFalse();
            double[] features = encoder.features(images, pass).toDoubles();
            for (int i = 0; i < images.size(0); i++) {
              first[(int) from + i] = features[i * 4];
            }
          });
      double mean = Arrays.stream(first).average().orElseThrow();
      for (int i = 0; i < IMAGES; i++) {
        found[i] = first[i] > mean ? 1 : 0;
      }
      labels.set(found);
      Linear fresh = Linear.of(4, 2, epoch.random().at("head"));
      head.weight().set(fresh.weight().toDoubles());
      epoch.restart(head);
    }

    @Override
    public Optional<int[]> order(int samples, RandomStream random) {
      double[] own = labels.toDoubles();
      int[] half = IntStream.range(0, samples).map(i -> i / 2 * 2).toArray();
      int shift = (int) Arrays.stream(own).sum() + random.nextInt(samples);
      return Optional.of(IntStream.range(0, samples).map(i -> half[(i + shift) % 50]).toArray());
    }
  }

  private final Kernels kernels = KernelSets.choose();
  @TempDir Path temporary;
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

  private static Source<Image> images() {
    return TinyTask.images().subset(IntStream.range(0, IMAGES).asLongStream().toArray());
  }

  private static List<Path> checkpoints(Path folder) throws IOException {
    try (var files = Files.list(folder.resolve("checkpoints"))) {
      return files.sorted().toList();
    }
  }

  @Test
  void aRunStoppedAnywhereEndsWithTheSameBitsAndNothingIsDoneTwice() throws IOException {
    Path folder = temporary.resolve("run");
    Relabelled whole = Relabelled.of();
    Pretraining.of(whole, images(), PLAN).withKernels(kernels).run(folder);
    byte[] want = Files.readAllBytes(checkpoints(folder).get(17));
    for (int step : new int[] {15, 12, 8, 6, 1}) {
      for (Path later : checkpoints(folder).subList(step, 18)) {
        Files.delete(later);
      }
      Files.delete(folder.resolve("encoder.safetensors"));
      Relabelled resumed = Relabelled.of();
      Pretraining.of(resumed, images(), PLAN).withKernels(kernels).resume(folder, false);
      assertThat(Files.readAllBytes(checkpoints(folder).get(17)))
          .as("stopped after step %s", step)
          .isEqualTo(want);
      assertThat(resumed.labels().toDoubles()).containsExactly(whole.labels().toDoubles());
    }
  }

  @Test
  void theOptimizerForgetsWhatItRememberedOfAModuleThatBeginsAnew() {
    Relabelled task = Relabelled.of();
    TrainingPlan plan = TrainingPlan.of(1, 8);
    try (StepRunner<Relabelled.Batch> runner = new StepRunner<>(task, plan, kernels, 4)) {
      Epoch<Image> epoch = runner.epoch(1, images(), LoaderOptions.training(8, 1));
      for (int step = 0; step < 3; step++) {
        runner.run(step, 0, session -> batch(task, session), false);
      }
      assertThat(moments(runner.state(), "")).doesNotContain(0.0);
      epoch.restart(task.head());
      assertThat(moments(runner.state(), "head.")).containsOnly(0.0);
      assertThat(moments(runner.state(), "encoder.")).doesNotContain(0.0);
      Linear stranger = Linear.of(4, 2, RandomStream.of(3));
      assertThatThrownBy(() -> epoch.restart(stranger)).hasMessageContaining("no part of the task");
    }
  }

  private static Relabelled.Batch batch(Relabelled task, Session session) {
    float[] pixels = new float[8 * 8 * 8 * 3];
    RandomStream random = RandomStream.of(5);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
    }
    Tensor images = session.tensor(pixels, 8, 8, 8, 3).permute(0, 3, 1, 2);
    task.labels().set(IntStream.range(0, IMAGES).mapToDouble(i -> i % 2).toArray());
    return new Relabelled.Batch(images, session.ids(new long[] {0, 1, 2, 3, 4, 5, 6, 7}, 8));
  }

  /** The largest number of each moment of the parameters whose names begin so. */
  private List<Double> moments(Map<String, Block> state, String prefix) {
    List<Double> largest = new ArrayList<>();
    for (String name : new TreeSet<>(state.keySet())) {
      if (name.startsWith("optimizer.all." + prefix)) {
        largest.add(kernels.sumOfSquares(state.get(name)));
      }
    }
    assertThat(largest).isNotEmpty();
    return largest;
  }
}
