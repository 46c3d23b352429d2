package org.selfsup4j.pretext.moco;

import java.util.List;
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
import org.selfsup4j.core.tensor.Views;
import org.selfsup4j.pretext.parts.Branch;
import org.selfsup4j.pretext.parts.Head;
import org.selfsup4j.pretext.parts.InfoNce;
import org.selfsup4j.pretext.parts.ProjectionHead;
import org.selfsup4j.pretext.parts.Queue;

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
    implements ImageTask<MocoV2.Example, MocoV2.Batch> {

  /**
   * Settings.
   *
   * @param queueSize K, keys that are remembered
   * @param dimension d of queries and keys
   * @param momentum m of the teacher, in [0, 1]
   * @param temperature T of the loss
   * @param splits parts of a batch with batch statistics of their own; 1 for an encoder without
   *     batch norm
   * @param augmentation makes a view; its last step should normalise
   */
  public record Options(
      int queueSize,
      int dimension,
      double momentum,
      double temperature,
      int splits,
      Augmentation augmentation) {

    /** Checks the ranges. */
    public Options {
      InfoNce.requireTemperature(temperature);
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
      if (!(momentum >= 0 && momentum <= 1)) {
        throw new IllegalArgumentException(
            "momentum is " + momentum + ": it must be between 0 and 1, usually .99 or .999");
      }
    }

    /** K = 65,536, d = 128, m = .999, T = .2, eight machines: the papers' values for ImageNet. */
    public static Options paper(Augmentation augmentation) {
      return new Options(65_536, 128, 0.999, 0.2, 8, augmentation);
    }

    /** For some ten thousand images of about 32x32, in hundreds of steps an epoch. */
    public static Options small(Augmentation augmentation) {
      return new Options(4096, 128, 0.99, 0.2, 8, augmentation);
    }

    /** The same with another number of keys. */
    public Options withQueueSize(int newSize) {
      return new Options(newSize, dimension, momentum, temperature, splits, augmentation);
    }

    /** The same with another temperature. */
    public Options withTemperature(double newTemperature) {
      return new Options(queueSize, dimension, momentum, newTemperature, splits, augmentation);
    }

    /** The same with another number of splits. */
    public Options withSplits(int newSplits) {
      return new Options(queueSize, dimension, momentum, temperature, newSplits, augmentation);
    }
  }

  /** Two views of one image: the query's and the key's. */
  public record Example(List<Image> views) {}

  /** Views [2, N, C, H, W]. */
  public record Batch(Tensor views) {}

  /** Refuses a queue that keys of the projector do not fit into. */
  public MocoV2 {
    if (queue.dimension() != projector.dimension()) {
      throw new IllegalArgumentException(
          "the projector gives "
              + projector.dimension()
              + " numbers, the queue holds rows of "
              + queue.dimension()
              + ": make the queue as wide as the projector's last layer");
    }
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
  public Example example(Sample<Image> sample, RandomStream random) {
    Image image = sample.value();
    return new Example(
        List.of(
            options.augmentation.apply(image, random.at(0)),
            options.augmentation.apply(image, random.at(1))));
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Pass pass = step.pass();
    Tensor views = batch.views();
    Tensor keys = keys(Views.drop(views.slice(0, 1, 2), 0), pass); // [N, d]
    Tensor images = Views.drop(views.slice(0, 0, 1), 0); // [N, C, H, W]
    Branch student = new Branch(encoder, projector);
    Tensor queries =
        SplitBatch.inOrder(images, options.splits, part -> student.apply(part, pass)); // [N, d]
    Tensor negatives = queue.snapshot(pass); // [K, d]: the backward pass reads them after add
    InfoNce result = InfoNce.withQueue(queries, keys, negatives, options.temperature);
    queue.add(keys, pass);
    return Loss.of(result.loss()).with("accuracy", result.accuracy()).watch("queries", queries);
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
        new Branch(encoder, projector), options.momentum, step.pass().session().kernels());
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
  }
}
