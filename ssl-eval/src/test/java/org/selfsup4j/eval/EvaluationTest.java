package org.selfsup4j.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.selfsup4j.core.data.EmbeddedDigits;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.ListSource;
import org.selfsup4j.core.data.Normalize;
import org.selfsup4j.core.data.Resize;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.data.Split;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.format.SafeTensors;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.module.Linear;
import org.selfsup4j.core.module.MismatchedWeightsException;
import org.selfsup4j.core.module.NameMap;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.module.Weights;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.train.EncoderFile;
import org.selfsup4j.eval.features.Extraction;
import org.selfsup4j.eval.knn.WeightedKnn;
import org.selfsup4j.eval.linear.LinearProbe;
import org.selfsup4j.eval.report.Comparison;

class EvaluationTest {

  private static final Kernels KERNELS = KernelSets.choose();
  private static final Extraction AS_IS = Extraction.of().withThreads(1);

  /** Pixels through a linear layer. */
  record Projection(Linear linear, int channels, int width) implements ImageEncoder {
    static Projection of(int inputs, int width) {
      return new Projection(Linear.of(inputs, width, RandomStream.of(1)), 1, width);
    }

    @Override
    public Tensor features(Tensor images, Pass pass) {
      return linear.apply(images.reshape(images.size(0), -1), pass); // [N, C H W] -> [N, D]
    }
  }

  /** 2 x 2 images whose class is seen in the first pixel; the others are louder noise. */
  private static Source<Image> pictures(String name, int count, long seed) {
    RandomStream random = RandomStream.of(seed);
    List<Image> images = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] pixels = new float[4];
      for (int p = 0; p < 4; p++) {
        pixels[p] = (float) (random.nextGaussian() * (p == 0 ? 0.1 : 3)) + (p == 0 ? i % 3 : 0);
      }
      images.add(Image.ofFloats(2, 2, 1, pixels));
      labels.add(i % 3);
    }
    return ListSource.of(name, images, labels);
  }

  /** An encoder that has learned to look at the first pixel. */
  private static void train(Projection encoder) {
    encoder.linear().weight().set(new double[] {1, 0, 0, 0, -1, 0, 0, 0});
    encoder.linear().bias().orElseThrow().set(new double[] {-1, 1});
  }

  @Test
  void comparesWithTheUntrainedEncoderAndRawPixels() {
    Evaluation evaluation =
        Evaluation.of(pictures("train", 300, 1), pictures("test", 120, 2), AS_IS).withSeed(11);

    Comparison comparison =
        evaluation.compare(() -> Projection.of(4, 2), EvaluationTest::train, KERNELS);

    assertThat(comparison.columns()).containsExactly("knn", "knn_200", "linear");
    assertThat(comparison.rows())
        .extracting(Comparison.Row::name)
        .containsExactly("raw_pixels", "untrained", "pretrained");
    assertThat(comparison.score("raw_pixels", "linear").value()).isGreaterThan(0.95);
    assertThat(comparison.score("raw_pixels", "knn").value()).isBetween(0.3, 0.7);
    assertThat(comparison.score("untrained", "knn").value()).isLessThan(0.6);
    assertThat(comparison.score("pretrained", "linear").value()).isGreaterThan(0.95);
    assertThat(comparison.score("pretrained", "linear").seed()).isEqualTo(OptionalLong.of(11));
    assertThat(comparison.score("pretrained", "knn").encoder()).isEqualTo("pretrained Projection");
    assertThat(comparison.score("pretrained", "knn").testSamples()).isEqualTo(120);
  }

  @Test
  void weightsThatWereNeverLoadedAreNotScored() {
    Evaluation evaluation = Evaluation.of(pictures("train", 30, 1), pictures("test", 12, 2), AS_IS);

    assertThatThrownBy(() -> evaluation.compare(() -> Projection.of(4, 2), encoder -> {}, KERNELS))
        .hasMessageContaining("has the weights of the untrained one, all 10 of them");
    assertThatThrownBy(() -> evaluation.compare(Projection.of(4, 2), Projection.of(4, 3), KERNELS))
        .hasMessageContaining("differ in linear.weight ([2, 4] and [3, 4])");
  }

  @Test
  void aFileOfWeightsIsScoredWithItsOrigin(@TempDir Path folder) {
    Projection trained = Projection.of(4, 2);
    train(trained);
    Path file = write(folder.resolve("encoder.safetensors"), trained);
    Evaluation evaluation =
        Evaluation.of(pictures("train", 90, 1), pictures("test", 30, 2), AS_IS)
            .withKnn(WeightedKnn.nearest20());

    Comparison comparison = evaluation.compare(() -> Projection.of(4, 2), file, KERNELS);
    Comparison named = evaluation.withSeed(6).compare(() -> Projection.of(4, 2), file, KERNELS);

    assertThat(comparison.score("pretrained", "linear").value()).isGreaterThan(0.9);
    assertThat(comparison.score("pretrained", "knn").encoder())
        .isEqualTo("pretrained Projection (Rotation, 520 steps)");
    assertThat(comparison.score("pretrained", "knn").seed()).isEqualTo(OptionalLong.of(5));
    assertThat(named.score("pretrained", "knn").seed()).isEqualTo(OptionalLong.of(6));
    assertThat(named.score("raw_pixels", "knn").seed()).isEmpty();
  }

  @Test
  void weightsThatDidNotLoadCompletelyAreNotScored(@TempDir Path folder) {
    Path file = write(folder.resolve("encoder.safetensors"), Projection.of(4, 3));
    Evaluation evaluation = Evaluation.of(pictures("train", 30, 1), pictures("test", 12, 2), AS_IS);

    assertThatThrownBy(() -> evaluation.compare(() -> Projection.of(4, 2), file, KERNELS))
        .isInstanceOf(MismatchedWeightsException.class)
        .hasMessageContaining("2 misshapen: linear.weight is [3, 4], expected [2, 4]");
    assertThatThrownBy(
            () ->
                evaluation.compare(
                    () -> Projection.of(4, 2), encoder -> EncoderFile.load(file, encoder), KERNELS))
        .isInstanceOf(MismatchedWeightsException.class);
  }

  private static Path write(Path file, ImageEncoder encoder) {
    Map<String, Block> tensors = new LinkedHashMap<>();
    Weights.named(encoder, NameMap.OURS)
        .forEach((name, state) -> tensors.put(name, state.variable().value()));
    SafeTensors.write(file, Map.of("task", "Rotation", "steps", "520", "seed", "5"), tensors);
    return file;
  }

  @Test
  void testImagesThatWereTrainedOnAreRefused() {
    Source<Image> all = pictures("all", 20, 1);

    assertThatThrownBy(() -> Evaluation.of(all.subset(0, 1, 2, 3), all.subset(9, 2, 8, 3), AS_IS))
        .hasMessage(
            "2 of 4 test images are training images too, the first is item 2: a score on them says"
                + " nothing; divide one source with Split.everyNth");
    assertThat(Evaluation.of(Split.everyNth(all, 5), AS_IS).test().size()).isEqualTo(3);
  }

  @Test
  void withFewTrainingSamplesAllOfThemVoteAndTheScoreSaysSo() {
    Evaluation evaluation =
        Evaluation.of(pictures("train", 30, 1), pictures("test", 12, 2), AS_IS).withLinear();

    Comparison comparison = evaluation.table(evaluation.pixels(KERNELS));

    assertThat(comparison.score("raw_pixels", "knn").remarks()).isEmpty();
    assertThat(comparison.score("raw_pixels", "knn_200").protocol()).contains("k=30");
    assertThat(comparison.score("raw_pixels", "knn_200").remarks())
        .isEqualTo("k=200 was asked for, but there are only 30 training samples");
  }

  @Test
  void protocolsAreToldApartAndOneIsNeeded() {
    Evaluation evaluation =
        Evaluation.of(pictures("train", 30, 1), pictures("test", 12, 2), AS_IS)
            .withKnn(new WeightedKnn(5, 0.1), new WeightedKnn(5, 0.2), new WeightedKnn(5, 0.3))
            .withLinear(LinearProbe.standard(), LinearProbe.standard().withStrength(0.01));

    assertThat(evaluation.table(evaluation.pixels(KERNELS)).columns())
        .containsExactly("knn", "knn_5", "knn_5_T0.3", "linear", "linear_[0.01]");
    assertThatThrownBy(() -> evaluation.withKnn().withLinear())
        .hasMessageContaining("knn and linear are both empty");
    Evaluation twice =
        evaluation
            .withKnn(new WeightedKnn(5, 0.1))
            .withLinear(LinearProbe.standard(), LinearProbe.standard(), LinearProbe.standard());
    assertThatThrownBy(() -> twice.table(twice.pixels(KERNELS)))
        .hasMessageContaining("the protocol linear_[1.0E-4] is there twice");
  }

  /** The same protocols in PyTorch on the same photos: kNN .780 (k = 20), .689 (k = 200), .768. */
  @Test
  void rawPixelsOfTheEmbeddedPhotosScoreAsTheyDoElsewhere() {
    Evaluation evaluation =
        Evaluation.of(
            Split.everyNth(EmbeddedDigits.load(), 5),
            Extraction.of(Resize.of(32), Normalize.of(new double[3], new double[] {1, 1, 1})));

    Comparison comparison = evaluation.table(evaluation.pixels(KERNELS));

    double two = 2.0 / 409;
    assertThat(comparison.score("raw_pixels", "knn").value()).isBetween(0.780 - two, 0.780 + two);
    assertThat(comparison.score("raw_pixels", "knn_200").value())
        .isBetween(0.6895 - two, 0.6895 + two);
    assertThat(comparison.score("raw_pixels", "linear").value())
        .isBetween(0.7677 - two, 0.7677 + two);
  }
}
