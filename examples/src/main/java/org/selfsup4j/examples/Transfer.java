package org.selfsup4j.examples;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.selfsup4j.core.analysis.Clusters;
import org.selfsup4j.core.analysis.FeatureRows;
import org.selfsup4j.core.analysis.KMeans;
import org.selfsup4j.core.data.Border;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.RandomCrop;
import org.selfsup4j.core.data.Resize;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.optim.Sgd;
import org.selfsup4j.core.optim.WarmupCosine;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.ImageTask;
import org.selfsup4j.core.train.TrainingPlan;
import org.selfsup4j.eval.features.Extraction;
import org.selfsup4j.eval.features.Features;
import org.selfsup4j.pretext.clustering.KnowledgeTransfer;
import org.selfsup4j.pretext.clustering.OrientedGradients;
import org.selfsup4j.pretext.clustering.PseudoLabels;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Knowledge transfer: an encoder learns the clusters of another one's features. */
@Command(
    name = "transfer",
    description =
        "Trains an encoder of any kind to tell the clusters apart that k-means finds in the"
            + " features of another one, or in histograms of oriented gradients.",
    mixinStandardHelpOptions = true)
public final class Transfer extends PretrainCommand {

  @Spec private CommandSpec spec;

  @Option(
      names = "--from",
      required = true,
      paramLabel = "FILE|hog",
      description =
          "The encoder.safetensors of a run, or 'hog' for histograms of oriented gradients.")
  private String from;

  @Option(
      names = "--from-data",
      paramLabel = "DIR|embedded",
      description = "Where the clusters are found; if not given, in --data.")
  private String fromData;

  @Option(
      names = "--clusters",
      defaultValue = "100",
      description = "Clusters of k-means (default: ${DEFAULT-VALUE}).")
  private int clusters;

  /** Runs this example alone. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Transfer()).execute(arguments));
  }

  @Override
  PretrainMethod method() {
    return new PretrainMethod(
        EncoderChoice.NARROW18,
        new Making(from, fromData, clusters, spec.commandLine().getOut()),
        0.1,
        (epochs, batch, rate) ->
            TrainingPlan.of(epochs, batch)
                .withOptimizer(Sgd.withDecay(5e-4), WarmupCosine.of(rate)));
  }

  private record Making(String from, String fromData, int clusters, PrintWriter print)
      implements PretrainMethod.TaskOf {

    private static final String HOG = "hog";

    @Override
    public ImageTask<?, ?> make(DataChoice data, ImageEncoder encoder, int side, long seed) {
      if (!from.equals(HOG) && !Files.isRegularFile(Path.of(from))) {
        throw new IllegalArgumentException(
            "--from is '" + from + "': it must be '" + HOG + "' or a file that exists");
      }
      return KnowledgeTransfer.of(encoder, options(data, side), RandomStream.of(seed).at("task"));
    }

    private KnowledgeTransfer.Options options(DataChoice data, int side) {
      return KnowledgeTransfer.Options.small(
              data.augmentation(Resize.of(side), new RandomCrop(side, side, 4, Border.ZERO)))
          .withClusters(clusters);
    }

    @Override
    public Source<Image> source(DataChoice data, int side, long seed, Kernels kernels) {
      DataChoice other = fromData == null ? data : DataChoice.of(fromData);
      int iterations = options(data, side).iterations();
      KMeans means = new KMeans(clusters, iterations, KMeans.Seeding.PLUS_PLUS);
      try (Arena arena = new Arena()) {
        FeatureRows rows = rows(other, side, kernels);
        Clusters found =
            means.fit(
                rows,
                RandomStream.of(seed).at("k-means"),
                kernels,
                arena,
                new ClusteringProgress(clusters));
        int[] labels =
            fromData == null
                ? found.assignment()
                : found.nearest(rows(data, side, kernels), kernels, arena);
        print.printf(
            Locale.ROOT,
            "%d clusters of %d features of %s, %d to %d images each%n",
            clusters,
            rows.width(),
            from,
            Arrays.stream(found.sizes()).min().orElseThrow(),
            Arrays.stream(found.sizes()).max().orElseThrow());
        print.flush();
        return PseudoLabels.of(data.train(), labels, clusters, from);
      }
    }

    private FeatureRows rows(DataChoice data, int side, Kernels kernels) {
      if (from.equals(HOG)) {
        return oriented(data.train(), side);
      }
      ImageEncoder encoder = StoredEncoder.open(Path.of(from), side).pretrained();
      Extraction extraction = Extraction.of(Resize.of(side), data.normalize());
      Features features = Features.extract(encoder, from, data.train(), extraction, kernels);
      if (features.samples() != data.train().size()) {
        throw new IllegalArgumentException(
            data.train().size()
                - features.samples()
                + " of "
                + data.train().size()
                + " images cannot be read, and have no features to cluster: remove or replace them"
                + " (the log names them)");
      }
      return new FeatureRows(features.samples(), features.width(), features.matrix().toFloats());
    }

    private static FeatureRows oriented(Source<Image> images, int side) {
      OrientedGradients descriptor = OrientedGradients.paper();
      Resize resize = Resize.of(side);
      int count = Math.toIntExact(images.size());
      int width = descriptor.width(side, side);
      float[] rows = new float[Math.multiplyExact(count, width)];
      for (int i = 0; i < count; i++) {
        Image image = resize.apply(Sample.read(images, i).value(), RandomStream.of(0));
        System.arraycopy(descriptor.of(image), 0, rows, i * width, width);
      }
      return new FeatureRows(count, width, rows);
    }
  }
}
