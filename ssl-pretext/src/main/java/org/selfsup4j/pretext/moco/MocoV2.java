package org.selfsup4j.pretext.moco;

import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.module.Teacher;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.ImageTask;
import org.selfsup4j.core.task.Loss;
import org.selfsup4j.core.task.Step;
import org.selfsup4j.core.tensor.Reductions;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.pretext.parts.Branch;
import org.selfsup4j.pretext.parts.Fitting;
import org.selfsup4j.pretext.parts.Head;
import org.selfsup4j.pretext.parts.InfoNce;
import org.selfsup4j.pretext.parts.Momentum;
import org.selfsup4j.pretext.parts.ProjectionHead;
import org.selfsup4j.pretext.parts.Queue;
import org.selfsup4j.pretext.parts.Temperature;
import org.selfsup4j.pretext.parts.ViewPair;
import org.selfsup4j.pretext.parts.ViewPairs;

/**
 * MoCo v2 (He et al. 2020; Chen et al. 2020, "Improved baselines with momentum contrastive
 * learning"): one view of an image shall be nearer to the teacher's key of the other view than to
 * the keys of thousands of images before it. Deviations: see the package.
 *
 * @param encoder of the queries, f_q; what is trained for
 * @param projector the queries' head
 * @param teacher f_k: encoder and head of the keys
 * @param queue keys of past batches
 * @param options how the teacher follows, and how keys are compared
 */
public record MocoV2(
    ImageEncoder encoder, Head projector, Teacher<Branch> teacher, Queue queue, Options options)
    implements ImageTask<ViewPair, ViewPairs> {

  /**
   * Settings.
   *
   * @param queueSize K, keys that are remembered
   * @param dimension d of queries and keys
   * @param teacherMomentum m, in [0, 1)
   * @param temperature T of the loss
   * @param splits parts of a batch with batch statistics of their own; 1 for an encoder without
   *     batch norm
   * @param augmentation makes a view; its last step should normalise
   */
  public record Options(
      int queueSize,
      int dimension,
      double teacherMomentum,
      double temperature,
      int splits,
      Augmentation augmentation) {

    /** Checks the ranges. */
    public Options {
      if (queueSize < 1 || dimension < 1 || splits < 1) {
        throw new IllegalArgumentException(
            "queueSize is "
                + queueSize
                + ", dimension "
                + dimension
                + ", splits "
                + splits
                + ": each must be at least 1");
      }
      Momentum.require("teacherMomentum", teacherMomentum);
      Temperature.require("temperature", temperature);
    }

    /**
     * K = 65,536, d = 128, m = .999 and eight machines (He et al. 2020, section 4), T = .2 (Chen et
     * al. 2020, section 3): for ImageNet.
     */
    public static Options paper(Augmentation augmentation) {
      return new Options(65_536, 128, 0.999, 0.2, 8, augmentation);
    }

    /**
     * For some ten thousand images of about 32x32, in hundreds of steps an epoch. Not of the
     * papers.
     */
    public static Options small(Augmentation augmentation) {
      return new Options(4096, 128, 0.99, 0.2, 2, augmentation);
    }

    /** The same with another number of keys. */
    public Options withQueueSize(int queueSize) {
      return new Options(queueSize, dimension, teacherMomentum, temperature, splits, augmentation);
    }

    /** The same with queries and keys of another number of dimensions. */
    public Options withDimension(int dimension) {
      return new Options(queueSize, dimension, teacherMomentum, temperature, splits, augmentation);
    }

    /** The same with another momentum of the teacher. */
    public Options withTeacherMomentum(double teacherMomentum) {
      return new Options(queueSize, dimension, teacherMomentum, temperature, splits, augmentation);
    }

    /** The same with another temperature. */
    public Options withTemperature(double temperature) {
      return new Options(queueSize, dimension, teacherMomentum, temperature, splits, augmentation);
    }

    /** The same with another number of splits. */
    public Options withSplits(int splits) {
      return new Options(queueSize, dimension, teacherMomentum, temperature, splits, augmentation);
    }
  }

  /** Refuses a projector that was not made for the encoder, or keys that the queue can't hold. */
  public MocoV2 {
    Fitting.requireFeatures("the projector", projector.width(), encoder);
    Fitting.requireEqual(
        "the projector gives", projector.dimension(), "the queue holds rows of", queue.dimension());
    Fitting.requireEqual(
        "the options ask for", options.dimension, "the projector gives", projector.dimension());
    if (options.queueSize != queue.size()) {
      throw new IllegalArgumentException(
          "the options ask for a queue of "
              + options.queueSize
              + " keys, the queue holds "
              + queue.size()
              + ": make them equal (withQueueSize)");
    }
    teacher.requireCopyOf(new Branch(encoder, projector));
  }

  /** With a fresh head of two layers, a teacher that starts as the student, a random queue. */
  public static MocoV2 of(ImageEncoder encoder, Options options, RandomStream random) {
    int width = encoder.width();
    Head projector = ProjectionHead.of(random.at("projector"), width, width, options.dimension);
    return new MocoV2(
        encoder,
        projector,
        Teacher.of(new Branch(encoder, projector)),
        Queue.of(options.queueSize, options.dimension, random.at("queue")),
        options);
  }

  @Override
  public void check(int batchSize, long samples) {
    if (batchSize % options.splits != 0 || batchSize / options.splits < 2) {
      throw new IllegalArgumentException(
          "batchSize is "
              + batchSize
              + " and splits is "
              + options.splits
              + ": a batch must divide into splits of at least 2 images; choose a multiple of "
              + 2 * options.splits
              + ", or fewer splits");
    }
    if (queue.size() >= samples) {
      throw new IllegalArgumentException(
          "the queue holds "
              + queue.size()
              + " keys, the data has "
              + samples
              + " images: such a queue holds older keys of every image and calls them wrong; take a"
              + " queue of at most a quarter of the images");
    }
  }

  @Override
  public ViewPair example(Sample<Image> sample, RandomStream random) {
    // The query's view and the key's.
    return ViewPair.of(sample.value(), options.augmentation, random).requireFor(encoder);
  }

  @Override
  public Loss loss(ViewPairs batch, Step step) {
    Pass pass = step.pass();
    Tensor keys = keys(batch.second(), pass); // [N, d]
    Branch student = new Branch(encoder, projector);
    Tensor queries = // [N, d]
        SplitBatch.inOrder(batch.first(), options.splits, part -> student.apply(part, pass));
    Tensor negatives = queue.snapshot(pass); // [K, d]: the backward pass reads them after add
    InfoNce result = InfoNce.withQueue(queries, keys, negatives, options.temperature);
    queue.add(keys, pass);
    return Loss.of(result.loss()).with("accuracy", result.accuracy()).watch("projection", queries);
  }

  /** The teacher's view of images [N, C, H, W]: [N, d] of length 1, without gradient. */
  Tensor keys(Tensor images, Pass pass) {
    Session session = pass.session();
    return session.withoutGradient(
        () ->
            Reductions.l2Normalize(
                SplitBatch.shuffled(
                    images,
                    options.splits,
                    pass.random().at("shuffle"),
                    part -> teacher.module().apply(part, pass.withoutDropping()))));
  }

  @Override
  public void afterStep(Step step) {
    teacher.follow(
        new Branch(encoder, projector), options.teacherMomentum, step.pass().session().kernels());
  }
}
