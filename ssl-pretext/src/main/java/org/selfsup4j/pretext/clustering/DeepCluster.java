package org.selfsup4j.pretext.clustering;

import java.util.Arrays;
import java.util.Optional;
import org.selfsup4j.core.analysis.Agreement;
import org.selfsup4j.core.analysis.Clusters;
import org.selfsup4j.core.analysis.FeatureRows;
import org.selfsup4j.core.analysis.KMeans;
import org.selfsup4j.core.analysis.Whitening;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.data.Stacking;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.module.Buffer;
import org.selfsup4j.core.module.Initial;
import org.selfsup4j.core.module.Linear;
import org.selfsup4j.core.module.Parameter;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.Epoch;
import org.selfsup4j.core.task.ImageTask;
import org.selfsup4j.core.task.Loss;
import org.selfsup4j.core.task.Step;
import org.selfsup4j.core.tensor.Losses;
import org.selfsup4j.core.tensor.Rows;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.pretext.parts.Fitting;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * DeepCluster (Caron, Bojanowski, Joulin and Douze 2018, "Deep clustering for unsupervised learning
 * of visual features"): before each epoch k-means divides all images by their features, then the
 * encoder learns to tell the clusters apart. Equations and deviations are in the package's
 * description.
 *
 * @param encoder f, whose features are clustered and trained
 * @param head g, features to clusters; drawn anew before each epoch
 * @param labels [n, 1] INT64: the cluster of each image
 * @param agreement [1]: normalised mutual information of the clusters with those of the epoch
 *     before, 0 in the first
 * @param options clusters and views
 */
public record DeepCluster(
    ImageEncoder encoder, Linear head, Buffer labels, Buffer agreement, Options options)
    implements ImageTask<DeepCluster.Example, DeepCluster.Batch> {

  private static final Logger LOG = LoggerFactory.getLogger(DeepCluster.class);

  private static final double DEVIATION = 0.01; // of the head's weights: the authors' code

  /**
   * Settings.
   *
   * @param clusters K
   * @param components principal components of the features that are clustered, at most
   * @param iterations of k-means, at most
   * @param view what of an image is clustered; draws nothing
   * @param augmentation makes what is trained on; its last step should normalise
   */
  public record Options(
      int clusters, int components, int iterations, Augmentation view, Augmentation augmentation) {

    /** Checks the ranges. */
    public Options {
      if (clusters < 2) {
        throw new IllegalArgumentException(
            "clusters is " + clusters + ": there must be at least 2 to tell apart");
      }
      if (components < 1 || iterations < 1) {
        throw new IllegalArgumentException(
            "components is "
                + components
                + " and iterations "
                + iterations
                + ": both must be at least 1");
      }
    }

    /**
     * For ImageNet: 10,000 clusters of 256 components (section 3.4 and 4); 20 iterations as in the
     * authors' code. The paper's view is a central crop of 224 of the image resized to 256; its
     * augmentation are random crops of any scale and aspect, and flips.
     */
    public static Options paper(Augmentation view, Augmentation augmentation) {
      return new Options(10_000, 256, 20, view, augmentation);
    }

    /** For some ten thousand small images. Not of the paper. */
    public static Options small(Augmentation view, Augmentation augmentation) {
      return new Options(50, 32, 20, view, augmentation);
    }

    /** The same with another number of clusters. */
    public Options withClusters(int clusters) {
      return new Options(clusters, components, iterations, view, augmentation);
    }

    /** The same with another number of components. */
    public Options withComponents(int components) {
      return new Options(clusters, components, iterations, view, augmentation);
    }

    /** The same with another number of iterations of k-means. */
    public Options withIterations(int iterations) {
      return new Options(clusters, components, iterations, view, augmentation);
    }
  }

  /** A view of an image, and which image of the data it is. */
  public record Example(Image image, long index) {}

  /** Views [N, C, H, W] and indices [N]. */
  public record Batch(Tensor image, Tensor index) {}

  /** Refuses parts that do not fit each other. */
  public DeepCluster {
    long images = labels.shape().size(0);
    Fitting.requireClusters(options.clusters, images);
    Fitting.requireFeatures("the head", head.inputs(), encoder);
    Fitting.requireLogits("the head", head.outputs(), options.clusters, "clusters");
  }

  /**
   * With a fresh head.
   *
   * @param images of the data that will be trained on
   */
  public static DeepCluster of(
      ImageEncoder encoder, long images, Options options, RandomStream random) {
    int count = Fitting.count(images);
    Linear head =
        new Linear(
            weights(options.clusters, encoder.width(), random.at("head")),
            Optional.of(Parameter.of(new double[options.clusters], options.clusters)));
    return new DeepCluster(
        encoder,
        head,
        Buffer.of(ElementType.INT64, new double[count], count, 1),
        Buffer.of(new double[1], 1),
        options);
  }

  private static Parameter weights(int outputs, int inputs, RandomStream random) {
    return Initial.normal(DEVIATION, random, outputs, inputs);
  }

  @Override
  public void check(int batchSize, Source<Image> source) {
    source.requireIndexed("DeepCluster keeps a label for each image");
    check(batchSize, source.size());
  }

  @Override
  public void check(int batchSize, long samples) {
    if (samples * encoder.width() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          samples
              + " images have "
              + encoder.width()
              + " features each, more numbers than one array holds ("
              + Integer.MAX_VALUE
              + "): take fewer images or an encoder of fewer features");
    }
    Fitting.requireRows("the task has labels", labels.shape().size(0), samples);
  }

  /** New clusters and a new head. */
  @Override
  public void beforeEpoch(Epoch<Image> epoch) {
    int images = (int) labels.shape().size(0);
    FeatureRows features = features(epoch, images);
    Whitening whitening =
        Whitening.of(features, options.components, epoch.kernels(), epoch.arena());
    FeatureRows rows =
        whitening.apply(features, epoch.kernels(), epoch.arena()).normalized(); // [n, components]
    Clusters clusters =
        KMeans.of(options.clusters, options.iterations)
            .fit(
                rows,
                epoch.random().at("k-means"),
                epoch.kernels(),
                epoch.arena(),
                (iteration, inertia, moved) ->
                    LOG.debug("k-means {}: inertia {}, {} moved", iteration, inertia, moved));
    int[] before = clusterOfEach();
    double same = Agreement.normalizedMutualInformation(before, clusters.assignment());
    labels.set(Arrays.stream(clusters.assignment()).asDoubleStream().toArray());
    agreement.set(new double[] {same});
    head.weight()
        .set(weights(options.clusters, encoder.width(), epoch.random().at("head")).toDoubles());
    head.bias().ifPresent(bias -> bias.set(new double[options.clusters]));
    epoch.restart(head);
    LOG.info(
        "epoch {}: {} clusters of {} components, sizes {} to {}, agreement with those before {}",
        epoch.number(),
        clusters.number(),
        whitening.components(),
        Arrays.stream(clusters.sizes()).min().orElseThrow(),
        Arrays.stream(clusters.sizes()).max().orElseThrow(),
        same);
  }

  private FeatureRows features(Epoch<Image> epoch, int images) {
    float[] values = new float[Math.multiplyExact(images, encoder.width())];
    epoch.forEachBatch(
        (sample, random) -> options.view.apply(sample.value(), random),
        Stacking.of(Image.class, Tensor.class),
        (views, first, pass) -> {
          float[] some = encoder.features(views, pass).toFloats(); // [N, D]
          System.arraycopy(some, 0, values, (int) first * encoder.width(), some.length);
        });
    return new FeatureRows(images, encoder.width(), values);
  }

  /** Every cluster is visited equally often. */
  @Override
  public Optional<int[]> order(int samples, RandomStream random) {
    return Optional.of(UniformOrder.of(clusterOfEach(), options.clusters, random));
  }

  private int[] clusterOfEach() {
    return Arrays.stream(labels.toDoubles()).mapToInt(label -> (int) label).toArray();
  }

  @Override
  public Example example(Sample<Image> sample, RandomStream random) {
    Image image = options.augmentation.apply(sample.value(), random);
    return new Example(Fitting.requireImage(image, encoder), sample.index());
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Tensor features = encoder.features(batch.image(), step.pass()); // [N, D]
    Tensor logits = head.apply(features, step.pass()); // [N, K]
    Tensor own = Rows.gather(labels.in(step.pass()), batch.index()); // [N, 1]
    Tensor wanted = own.reshape(own.size(0)); // [N]
    return Loss.of(Losses.crossEntropy(logits, wanted))
        .with("accuracy", Losses.accuracy(logits, wanted))
        .with("agreement", agreement.toDoubles()[0])
        .watch("features", features);
  }
}
