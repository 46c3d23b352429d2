package org.selfsup4j.core.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.data.Batches;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.LoadedBatch;
import org.selfsup4j.core.data.Loader;
import org.selfsup4j.core.data.LoaderOptions;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.module.BatchNorm;
import org.selfsup4j.core.module.Linear;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.optim.AdamW;
import org.selfsup4j.core.optim.Schedule;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.ImageTask;
import org.selfsup4j.core.task.Loss;
import org.selfsup4j.core.task.Step;
import org.selfsup4j.core.tensor.Reductions;
import org.selfsup4j.core.tensor.Tensor;

/**
 * SimSiam collapses where its targets get gradients, and the watch says so; else it keeps still.
 */
class CollapseWatchTest {

  private static final int WIDTH = 16;

  /**
   * SimSiam (Chen and He 2021, algorithm 1) on the tiny encoder.
   *
   * @param stops whether the targets get no gradient, as they should
   */
  private record SimSiam(
      TinyTask.Encoder encoder,
      Linear projector,
      BatchNorm norm,
      Linear hidden,
      BatchNorm hiddenNorm,
      Linear predictor,
      boolean stops)
      implements ImageTask<SimSiam.Example, SimSiam.Batch> {

    record Example(Image first, Image second) {}

    record Batch(Tensor first, Tensor second) {}

    static SimSiam of(boolean stops) {
      RandomStream random = RandomStream.of(5);
      return new SimSiam(
          TinyTask.Encoder.of(WIDTH, random.at(0)),
          Linear.withoutBias(WIDTH, WIDTH, random.at(1)),
          BatchNorm.of(WIDTH),
          Linear.withoutBias(WIDTH, WIDTH / 4, random.at(2)),
          BatchNorm.of(WIDTH / 4),
          Linear.of(WIDTH / 4, WIDTH, random.at(3)),
          stops);
    }

    @Override
    public Example example(Sample<Image> sample, RandomStream random) {
      return new Example(corner(sample.value(), random), corner(sample.value(), random));
    }

    private static Image corner(Image image, RandomStream random) {
      return image.crop(random.nextInt(5), random.nextInt(5), 4, 4);
    }

    @Override
    public Loss loss(Batch batch, Step step) {
      Pass pass = step.pass();
      Tensor z1 = project(batch.first, pass);
      Tensor z2 = project(batch.second, pass);
      Tensor loss = distance(predict(z1, pass), z2).plus(distance(predict(z2, pass), z1));
      return Loss.of(loss.times(0.5)).watch("projection", z1);
    }

    private Tensor project(Tensor images, Pass pass) {
      Tensor z = projector.apply(encoder.features(images, pass), pass);
      return norm.apply(z, pass);
    }

    private Tensor predict(Tensor z, Pass pass) {
      return predictor.apply(hiddenNorm.applyRelu(hidden.apply(z, pass), pass), pass);
    }

    private Tensor distance(Tensor p, Tensor z) {
      Tensor target = stops ? z.detach() : z;
      Tensor cosine = Reductions.l2Normalize(p).times(Reductions.l2Normalize(target)).sum(-1);
      return cosine.mean().negated();
    }
  }

  @Test
  void simSiamWithoutItsStopGradientIsSeenToCollapse() {
    CollapseWatch watch = new CollapseWatch();
    Map<String, Double> last = train(SimSiam.of(false), watch);
    assertThat(watch.collapsed()).containsExactly("projection");
    assertThat(last.get("projection_spread")).isLessThan(0.05);
    assertThat(last.get("projection_rank")).isBetween(1.0, 2.0);
  }

  @Test
  void simSiamWithItsStopGradientIsNotWarnedOf() {
    CollapseWatch watch = new CollapseWatch();
    Map<String, Double> last = train(SimSiam.of(true), watch);
    assertThat(watch.collapsed()).isEmpty();
    assertThat(last.get("projection_spread")).isGreaterThan(0.3);
    assertThat(last.get("projection_rank")).isGreaterThan(3);
  }

  private static Map<String, Double> train(SimSiam task, CollapseWatch watch) {
    Kernels kernels = KernelSets.choose();
    int threads = kernels.threads();
    kernels.setThreads(1); // the fastest for so small a network
    TrainingPlan plan =
        TrainingPlan.of(40, 32).withOptimizer(AdamW.withDecay(0), Schedule.constant(0.02));
    Map<String, Double> measures = Map.of();
    try (Loader<Image, SimSiam.Example, SimSiam.Batch> loader =
            new Loader<>(
                TinyTask.images(),
                task::example,
                task.stacking(),
                LoaderOptions.training(plan.batchSize(), 1));
        StepRunner<SimSiam.Batch> runner = new StepRunner<>(task, plan, kernels, 80)) {
      long number = 0;
      for (int epoch = 0; epoch < plan.epochs(); epoch++) {
        try (Batches<SimSiam.Batch> batches = loader.epoch(epoch)) {
          while (batches.hasNext()) {
            try (LoadedBatch<SimSiam.Batch> batch = batches.next()) {
              measures = watch.measure(runner.run(number++, epoch, batch::open, true));
            }
          }
        }
      }
    }
    kernels.setThreads(threads);
    return measures;
  }
}
