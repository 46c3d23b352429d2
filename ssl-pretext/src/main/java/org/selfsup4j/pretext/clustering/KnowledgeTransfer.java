package org.selfsup4j.pretext.clustering;

import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.module.Linear;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.ImageTask;
import org.selfsup4j.core.task.Loss;
import org.selfsup4j.core.task.Step;
import org.selfsup4j.core.tensor.Losses;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.pretext.parts.Fitting;

/**
 * Knowledge transfer (Noroozi, Vinjimoor, Favaro and Pirsiavash 2018, "Boosting self-supervised
 * learning via knowledge transfer", section 3): an encoder learns which cluster each image belongs
 * to in the features of another encoder, of any architecture, or of a hand-made descriptor. The
 * clusters are the labels of the source, see {@link PseudoLabels}. Deviations are in the package's
 * description.
 *
 * @param encoder that is trained
 * @param head features to clusters
 * @param options clusters and augmentation
 */
public record KnowledgeTransfer(ImageEncoder encoder, Linear head, Options options)
    implements ImageTask<KnowledgeTransfer.Example, KnowledgeTransfer.Batch> {

  /**
   * Settings.
   *
   * @param clusters K of the labels
   * @param iterations of the k-means that makes the labels, at most; the task itself runs none
   * @param augmentation makes what is trained on; its last step should normalise
   */
  public record Options(int clusters, int iterations, Augmentation augmentation) {

    /** Checks the ranges. */
    public Options {
      if (clusters < 2 || iterations < 1) {
        throw new IllegalArgumentException(
            "clusters is "
                + clusters
                + " and iterations "
                + iterations
                + ": there must be at least 2 clusters to tell apart, and 1 iteration");
      }
    }

    /** For ImageNet: 2,000 clusters (section 4.1). The paper does not give the iterations. */
    public static Options paper(Augmentation augmentation) {
      return new Options(2000, 20, augmentation);
    }

    /** For some ten thousand small images. Not of the paper. */
    public static Options small(Augmentation augmentation) {
      return new Options(100, 20, augmentation);
    }

    /** The same with another number of clusters. */
    public Options withClusters(int clusters) {
      return new Options(clusters, iterations, augmentation);
    }

    /** The same with another number of iterations of k-means. */
    public Options withIterations(int iterations) {
      return new Options(clusters, iterations, augmentation);
    }
  }

  /** A view of an image and the cluster that it belongs to. */
  public record Example(Image image, int cluster) {}

  /** Views [N, C, H, W] and clusters [N]. */
  public record Batch(Tensor image, Tensor cluster) {}

  /** Refuses a head that does not fit. */
  public KnowledgeTransfer {
    Fitting.requireFeatures("the head", head.inputs(), encoder);
    Fitting.requireLogits("the head", head.outputs(), options.clusters, "clusters");
  }

  /** With a fresh head. */
  public static KnowledgeTransfer of(ImageEncoder encoder, Options options, RandomStream random) {
    return new KnowledgeTransfer(
        encoder, Linear.of(encoder.width(), options.clusters, random.at("head")), options);
  }

  @Override
  public void check(int batchSize, Source<Image> source) {
    int classes = source.classes().size();
    if (classes != options.clusters) {
      throw new IllegalArgumentException(
          "clusters is "
              + options.clusters
              + ", "
              + source.description()
              + " has "
              + classes
              + " classes: train on PseudoLabels of as many");
    }
    check(batchSize, source.size());
  }

  @Override
  public void check(int batchSize, long samples) {
    Fitting.requireClusters(options.clusters, samples);
  }

  @Override
  public Example example(Sample<Image> sample, RandomStream random) {
    int cluster = sample.label().orElse(-1);
    if (cluster < 0 || cluster >= options.clusters) {
      throw new IllegalArgumentException(
          "the label is "
              + (cluster < 0 ? "missing" : cluster)
              + " and there are "
              + options.clusters
              + " clusters: train on PseudoLabels of as many");
    }
    Image image = options.augmentation.apply(sample.value(), random);
    return new Example(Fitting.requireImage(image, encoder), cluster);
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Tensor features = encoder.features(batch.image(), step.pass()); // [N, D]
    Tensor logits = head.apply(features, step.pass()); // [N, K]
    return Loss.of(Losses.crossEntropy(logits, batch.cluster()))
        .with("accuracy", Losses.accuracy(logits, batch.cluster()))
        .watch("features", features);
  }
}
