package org.selfsup4j.pretext.moco;

import java.util.List;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.encoder.PatchEncoder;
import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.module.Teacher;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.ImageTask;
import org.selfsup4j.core.task.Loss;
import org.selfsup4j.core.task.Step;
import org.selfsup4j.core.task.Turn;
import org.selfsup4j.core.tensor.Reductions;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.tensor.Views;
import org.selfsup4j.pretext.parts.Branch;
import org.selfsup4j.pretext.parts.Head;
import org.selfsup4j.pretext.parts.InfoNce;
import org.selfsup4j.pretext.parts.NormedHead;
import org.selfsup4j.pretext.parts.Trained;

/**
 * MoCo v3 (Chen, Xie and He 2021, "An empirical study of training self-supervised vision
 * transformers"): each view's prediction shall be nearest to the teacher's key of the other view
 * among the keys of the batch. Deviations: see the package.
 *
 * @param encoder what is trained for
 * @param projector of the queries
 * @param predictor behind the projector, the teacher has none
 * @param teacher encoder and projector of the keys
 * @param options how the teacher follows, and how keys are compared
 */
public record MocoV3(
    ImageEncoder encoder, Head projector, Head predictor, Teacher<Branch> teacher, Options options)
    implements ImageTask<MocoV3.Example, MocoV3.Batch> {

  /**
   * Settings.
   *
   * @param hidden width of the hidden layers of projector and predictor
   * @param dimension d of queries and keys
   * @param momentum m of the teacher at the start, in [0, 1]; it rises to 1 by half a cosine
   * @param temperature T of the loss
   * @param frozenPatches whether the patch embedding stays as random as it starts
   * @param first makes the first view; its last step should normalise
   * @param second makes the second view
   */
  public record Options(
      int hidden,
      int dimension,
      double momentum,
      double temperature,
      boolean frozenPatches,
      Augmentation first,
      Augmentation second) {

    /** Checks the ranges. */
    public Options {
      InfoNce.requireTemperature(temperature);
      if (hidden < 1 || dimension < 1) {
        throw new IllegalArgumentException(
            "hidden is " + hidden + ", dimension " + dimension + ": each must be at least 1");
      }
      if (!(momentum >= 0 && momentum <= 1)) {
        throw new IllegalArgumentException(
            "momentum is " + momentum + ": it must be between 0 and 1, usually .99");
      }
    }

    /** Heads of 4,096 to 256, m = .99, T = .2, frozen patches: the paper's values for ViT. */
    public static Options paper(Augmentation augmentation) {
      return new Options(4096, 256, 0.99, 0.2, true, augmentation, augmentation);
    }

    /** For small encoders and images of about 32x32: narrower heads. */
    public static Options small(Augmentation augmentation) {
      return new Options(512, 128, 0.99, 0.2, true, augmentation, augmentation);
    }

    /** The same with a second view of its own, as the paper's are (its appendix, as BYOL's). */
    public Options withSecond(Augmentation augmentation) {
      return new Options(
          hidden, dimension, momentum, temperature, frozenPatches, first, augmentation);
    }

    /** The same with another temperature. */
    public Options withTemperature(double newTemperature) {
      return new Options(hidden, dimension, momentum, newTemperature, frozenPatches, first, second);
    }

    /** The same with a patch embedding that is frozen or trained: false for a ResNet. */
    public Options withFrozenPatches(boolean frozen) {
      return new Options(hidden, dimension, momentum, temperature, frozen, first, second);
    }
  }

  /** Two views of one image. */
  public record Example(List<Image> views) {}

  /** Views [2, N, C, H, W]. */
  public record Batch(Tensor views) {}

  /** Refuses to freeze patches of an encoder that has none. */
  public MocoV3 {
    if (options.frozenPatches && !(encoder instanceof PatchEncoder)) {
      throw new IllegalArgumentException(
          "frozenPatches is true, the encoder is a "
              + encoder.getClass().getSimpleName()
              + ", which has no patch embedding: give a PatchEncoder, or withFrozenPatches(false)");
    }
    if (projector.dimension() != predictor.dimension()) {
      throw new IllegalArgumentException(
          "the projector gives "
              + projector.dimension()
              + " numbers, the predictor "
              + predictor.dimension()
              + ": they are compared, make them equal");
    }
  }

  /** With fresh heads, and a teacher that starts as the student. */
  public static MocoV3 of(ImageEncoder encoder, Options options, RandomStream random) {
    int hidden = options.hidden;
    int d = options.dimension;
    Head projector =
        NormedHead.of(random.at("projector"), encoder.width(), hidden, hidden, d); // 3 layers
    Head predictor = NormedHead.of(random.at("predictor"), d, hidden, d); // 2 layers
    return new MocoV3(
        encoder, projector, predictor, Teacher.of(new Branch(encoder, projector)), options);
  }

  @Override
  public Example example(Sample<Image> sample, RandomStream random) {
    Image image = sample.value();
    return new Example(
        List.of(
            options.first.apply(image, random.at(0)), options.second.apply(image, random.at(1))));
  }

  @Override
  public List<Turn<Batch>> turns() {
    Module trained =
        options.frozenPatches && encoder instanceof PatchEncoder patches
            ? Trained.allBut(patches.patchEmbedding(), this)
            : this;
    return List.of(new Turn<>("all", List.of(trained), this::loss));
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Pass pass = step.pass();
    Tensor first = Views.drop(batch.views().slice(0, 0, 1), 0); // [N, C, H, W]
    Tensor second = Views.drop(batch.views().slice(0, 1, 2), 0);
    Tensor key1 = keys(first, pass); // [N, d]
    Tensor key2 = keys(second, pass);
    Tensor query1 = queries(first, pass);
    Tensor query2 = queries(second, pass);
    InfoNce forth = InfoNce.withinBatch(query1, key2, options.temperature);
    InfoNce back = InfoNce.withinBatch(query2, key1, options.temperature);
    return Loss.of(forth.loss().plus(back.loss()))
        .with("accuracy", (forth.accuracy() + back.accuracy()) / 2)
        .with("momentum", momentum(step.progress()))
        .watch("queries", query1);
  }

  private Tensor queries(Tensor images, Pass pass) {
    return predictor.apply(new Branch(encoder, projector).apply(images, pass), pass); // [N, d]
  }

  private Tensor keys(Tensor images, Pass pass) {
    return pass.session()
        .withoutGradient(
            () -> Reductions.l2Normalize(teacher.module().apply(images, pass.withoutDropping())));
  }

  /** m at this part of the run: {@code 1 - (1 - m) (1 + cos(pi progress)) / 2}, section 4.1. */
  double momentum(double progress) {
    return 1 - (1 - options.momentum) * (1 + Math.cos(Math.PI * progress)) / 2;
  }

  @Override
  public void afterStep(Step step) {
    teacher.follow(
        new Branch(encoder, projector), momentum(step.progress()), step.pass().session().kernels());
  }

  @Override
  public void check(int batchSize, long samples) {
    if (batchSize < 2) {
      throw new IllegalArgumentException(
          "MoCo v3 compares the images of a batch: batchSize is "
              + batchSize
              + ", it must be at least 2, better 256 and more");
    }
  }
}
