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
import org.selfsup4j.core.optim.Schedule;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.ImageTask;
import org.selfsup4j.core.task.Loss;
import org.selfsup4j.core.task.Step;
import org.selfsup4j.core.task.Turn;
import org.selfsup4j.core.tensor.Reductions;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.pretext.parts.Branch;
import org.selfsup4j.pretext.parts.Fitting;
import org.selfsup4j.pretext.parts.Head;
import org.selfsup4j.pretext.parts.InfoNce;
import org.selfsup4j.pretext.parts.Momentum;
import org.selfsup4j.pretext.parts.NormedHead;
import org.selfsup4j.pretext.parts.Temperature;
import org.selfsup4j.pretext.parts.Trained;
import org.selfsup4j.pretext.parts.ViewPair;
import org.selfsup4j.pretext.parts.ViewPairs;

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
    implements ImageTask<ViewPair, ViewPairs> {

  /**
   * Settings.
   *
   * @param hidden width of the hidden layers of projector and predictor
   * @param dimension d of queries and keys
   * @param teacherMomentum m over the run, in [0, 1]
   * @param temperature T of the loss
   * @param frozenPatches whether the patch embedding stays as random as it starts
   * @param first makes the first view; its last step should normalise
   * @param second makes the second view
   */
  public record Options(
      int hidden,
      int dimension,
      Schedule teacherMomentum,
      double temperature,
      boolean frozenPatches,
      Augmentation first,
      Augmentation second) {

    /** Checks the ranges. */
    public Options {
      if (hidden < 1 || dimension < 1) {
        throw new IllegalArgumentException(
            "hidden is " + hidden + ", dimension " + dimension + ": each must be at least 1");
      }
      Momentum.require("teacherMomentum", teacherMomentum);
      Temperature.require("temperature", temperature);
    }

    /**
     * Heads of 4,096 to 256, m = .99 that rises to 1, T = .2 (section 5), frozen patches (section
     * 4.2). The two views are made in two ways, as BYOL's.
     */
    public static Options paper(Augmentation first, Augmentation second) {
      return new Options(4096, 256, Schedule.cosine(0.99, 1), 0.2, true, first, second);
    }

    /** For small encoders and images of about 32x32: narrower heads. Not of the paper. */
    public static Options small(Augmentation first, Augmentation second) {
      return new Options(512, 128, Schedule.cosine(0.99, 1), 0.2, true, first, second);
    }

    /** The same with heads of other widths. */
    public Options withWidths(int hidden, int dimension) {
      return new Options(
          hidden, dimension, teacherMomentum, temperature, frozenPatches, first, second);
    }

    /** The same with another momentum of the teacher. */
    public Options withTeacherMomentum(Schedule teacherMomentum) {
      return new Options(
          hidden, dimension, teacherMomentum, temperature, frozenPatches, first, second);
    }

    /** The same with another temperature. */
    public Options withTemperature(double temperature) {
      return new Options(
          hidden, dimension, teacherMomentum, temperature, frozenPatches, first, second);
    }

    /** The same with a patch embedding that is frozen or trained: false for a ResNet. */
    public Options withFrozenPatches(boolean frozenPatches) {
      return new Options(
          hidden, dimension, teacherMomentum, temperature, frozenPatches, first, second);
    }
  }

  /** Refuses heads that do not fit, and to freeze patches of an encoder that has none. */
  public MocoV3 {
    if (options.frozenPatches && !(encoder instanceof PatchEncoder)) {
      throw new IllegalArgumentException(
          "frozenPatches is true, the encoder is a "
              + encoder.getClass().getSimpleName()
              + ", which has no patch embedding: give a PatchEncoder, or withFrozenPatches(false)");
    }
    Fitting.requireFeatures("the projector", projector.width(), encoder);
    Fitting.requireEqual(
        "the options ask for", options.dimension, "the projector gives", projector.dimension());
    Fitting.requireEqual(
        "the projector gives", projector.dimension(), "the predictor takes", predictor.width());
    Fitting.requireEqual(
        "the projector gives", projector.dimension(), "the predictor gives", predictor.dimension());
    teacher.requireCopyOf(new Branch(encoder, projector));
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
  public void check(int batchSize, long samples) {
    Fitting.requireOthers("MoCo v3", batchSize);
  }

  @Override
  public ViewPair example(Sample<Image> sample, RandomStream random) {
    return ViewPair.of(sample.value(), options.first, options.second, random).requireFor(encoder);
  }

  @Override
  public List<Turn<ViewPairs>> turns() {
    Module trained =
        options.frozenPatches && encoder instanceof PatchEncoder patches
            ? Trained.allBut(patches.patchEmbedding(), this)
            : this;
    return List.of(new Turn<>("all", List.of(trained), this::loss));
  }

  @Override
  public Loss loss(ViewPairs batch, Step step) {
    Pass pass = step.pass();
    Tensor first = batch.first(); // [N, C, H, W]
    Tensor second = batch.second(); // [N, C, H, W]
    Tensor key1 = keys(first, pass); // [N, d]
    Tensor key2 = keys(second, pass); // [N, d]
    Tensor query1 = queries(first, pass); // [N, d]
    Tensor query2 = queries(second, pass); // [N, d]
    InfoNce forth = InfoNce.withinBatch(query1, key2, options.temperature);
    InfoNce back = InfoNce.withinBatch(query2, key1, options.temperature);
    return Loss.of(forth.loss().plus(back.loss()))
        .with("accuracy", (forth.accuracy() + back.accuracy()) / 2)
        .with("teacher_momentum", step.at(options.teacherMomentum))
        .watch("prediction", query1);
  }

  private Tensor queries(Tensor images, Pass pass) {
    return predictor.apply(new Branch(encoder, projector).apply(images, pass), pass); // [N, d]
  }

  private Tensor keys(Tensor images, Pass pass) {
    return pass.session()
        .withoutGradient(
            () -> Reductions.l2Normalize(teacher.module().apply(images, pass.withoutDropping())));
  }

  @Override
  public void afterStep(Step step) {
    double momentum = step.at(options.teacherMomentum);
    teacher.follow(new Branch(encoder, projector), momentum, step.pass().session().kernels());
  }
}
