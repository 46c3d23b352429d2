package org.selfsup4j.core.train;

import java.util.ArrayList;
import java.util.List;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.ListSource;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.module.BatchNorm;
import org.selfsup4j.core.module.Buffer;
import org.selfsup4j.core.module.Convolution;
import org.selfsup4j.core.module.Linear;
import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.module.Teacher;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.ImageTask;
import org.selfsup4j.core.task.Loss;
import org.selfsup4j.core.task.Step;
import org.selfsup4j.core.tensor.Losses;
import org.selfsup4j.core.tensor.Pooling;
import org.selfsup4j.core.tensor.Tensor;

/**
 * A small task that has everything a checkpoint must keep: trained parameters, running statistics,
 * a teacher and a buffer that remembers every step.
 *
 * @param memory large enough that writing a checkpoint takes a while
 */
record TinyTask(Encoder encoder, Linear head, Teacher<Encoder> teacher, Buffer memory)
    implements ImageTask<TinyTask.Example, TinyTask.Batch> {

  static final int IMAGES = 64;
  private static final int SIDE = 8;

  /** One convolution with batch norm, then the mean over all places. */
  record Encoder(Convolution convolution, BatchNorm norm) implements Module {
    static Encoder of(int width, RandomStream random) {
      Window window = Window.square(3, 1, 1);
      return new Encoder(Convolution.withoutBias(3, width, window, random), BatchNorm.of(width));
    }

    /** [N, 3, H, W] becomes [N, D]. */
    Tensor features(Tensor images, Pass pass) {
      Tensor maps = norm.applyRelu(convolution.apply(images, pass), pass);
      return Pooling.globalAveragePool(maps);
    }
  }

  record Example(Image image, int turns) {}

  record Batch(Tensor image, Tensor turns) {}

  static TinyTask of(int width) {
    RandomStream random = RandomStream.of(7);
    Encoder encoder = Encoder.of(width, random.at("encoder"));
    return new TinyTask(
        encoder,
        Linear.of(width, 4, random.at("head")),
        Teacher.of(encoder),
        Buffer.of(new double[512 * 1024], 512, 1024));
  }

  /** Images of noise, the same for the same seed. */
  static Source<Image> images() {
    List<Image> images = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      RandomStream random = RandomStream.of(11).at(i);
      byte[] pixels = new byte[SIDE * SIDE * 3];
      for (int p = 0; p < pixels.length; p++) {
        pixels[p] = (byte) random.nextInt(256);
      }
      images.add(Image.ofBytes(SIDE, SIDE, 3, pixels));
    }
    return ListSource.of("noise", images);
  }

  @Override
  public Example example(Sample<Image> sample, RandomStream random) {
    int turns = random.nextInt(4);
    return new Example(sample.value().rotate90(turns), turns);
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Pass pass = step.pass();
    Tensor features = encoder.features(batch.image(), pass);
    Tensor logits = head.apply(features, pass);
    Tensor target =
        pass.session()
            .withoutGradient(() -> teacher.module().features(batch.image(), pass.evaluating()));
    Tensor drift = Losses.meanSquaredError(features, target.detach());
    return Loss.of(Losses.crossEntropy(logits, batch.turns()).plus(drift.times(0.1)))
        .with("accuracy", Losses.accuracy(logits, batch.turns()))
        .watch("features", features);
  }

  @Override
  public void afterStep(Step step) {
    Pass pass = step.pass();
    teacher.follow(encoder, 0.9, pass.session().kernels());
    Tensor number = pass.session().full(ElementType.FLOAT, step.number() + 1.0, 512, 1024);
    memory.blend(number, 0.5, 1, pass);
  }
}
