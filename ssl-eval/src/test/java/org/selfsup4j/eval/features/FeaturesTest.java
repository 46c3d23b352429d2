package org.selfsup4j.eval.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.ListSource;
import org.selfsup4j.core.data.Normalize;
import org.selfsup4j.core.data.RandomHorizontalFlip;
import org.selfsup4j.core.data.Resize;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.data.UnreadableException;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.module.BatchNorm;
import org.selfsup4j.core.module.Linear;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Tensor;

class FeaturesTest {

  private static final Kernels KERNELS = KernelSets.choose();
  private static final Extraction AS_IS = Extraction.of().withBatchSize(4).withThreads(2);

  /** Pixels through a linear layer. */
  record Projection(Linear linear, int channels, int width) implements ImageEncoder {
    @Override
    public Tensor features(Tensor images, Pass pass) {
      assertThat(pass.training()).isFalse();
      return linear.apply(images.reshape(images.size(0), -1), pass); // [N, C H W] -> [N, D]
    }
  }

  private static Projection projection(int inputs, int channels, int width) {
    return new Projection(Linear.xavier(inputs, width, RandomStream.of(1)), channels, width);
  }

  private static Image picture(int height, int width, int channels, long seed) {
    RandomStream random = RandomStream.of(seed);
    float[] pixels = new float[height * width * channels];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
    }
    return Image.ofFloats(height, width, channels, pixels);
  }

  private static Source<Image> pictures(int count) {
    List<Image> images = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      images.add(picture(2, 3, 3, i));
      labels.add(i % 4);
    }
    return ListSource.of("pictures", images, labels);
  }

  /** A source some of whose items cannot be read. */
  private record Damaged(Source<Image> whole, List<Long> bad) implements Source<Image> {
    @Override
    public long size() {
      return whole.size();
    }

    @Override
    public Image get(long index) {
      if (bad.contains(index)) {
        throw new UnreadableException(name(index), "it is damaged");
      }
      return whole.get(index);
    }

    @Override
    public OptionalInt label(long index) {
      return whole.label(index);
    }

    @Override
    public String description() {
      return "damaged pictures";
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1", "4,1", "4,3", "13,2", "1000,2"})
  void featuresAreInTheOrderOfTheSourceForAnyBatchAndThreads(int batch, int threads) {
    Projection encoder = projection(18, 3, 5);
    double[] weight = encoder.linear().weight().toDoubles();

    Features features =
        Features.extract(
            encoder,
            "projection",
            pictures(13),
            AS_IS.withBatchSize(batch).withThreads(threads),
            KERNELS);

    assertThat(features.samples()).isEqualTo(13);
    assertThat(features.width()).isEqualTo(5);
    for (int n = 0; n < 13; n++) {
      assertThat(features.labels().get(n)).isEqualTo(n % 4);
      for (int d = 0; d < 5; d++) {
        double want = 0; // the bias is zero
        for (int i = 0; i < 18; i++) { // channel, row, column
          want += weight[d * 18 + i] * pictures(13).get(n).value(i / 3 % 2, i % 3, i / 6);
        }
        assertThat((double) features.matrix().at(n, d)).isCloseTo(want, within(1e-5));
      }
    }
  }

  @Test
  void pixelsAreTheImagesThemselvesAfterThePreprocessing() {
    Extraction halved = Extraction.of(Normalize.symmetric(3)).withBatchSize(2);

    Features features = Features.pixels(pictures(5), halved);

    assertThat(features.encoder()).isEqualTo("raw pixels");
    assertThat(features.data())
        .isEqualTo("pictures (5 items in 4 classes) (" + Normalize.symmetric(3) + ")");
    for (int n = 0; n < 5; n++) {
      float[] pixels = picture(2, 3, 3, n).toFloats();
      for (int i = 0; i < 18; i++) {
        assertThat(features.matrix().at(n, i)).isCloseTo(2 * pixels[i] - 1, within(1e-6f));
      }
    }
  }

  @Test
  void anEncoderWithBatchNormIsInEvaluationMode() {
    record Normed(BatchNorm norm, int channels, int width) implements ImageEncoder {
      @Override
      public Tensor features(Tensor images, Pass pass) {
        return norm.apply(images, pass).mean(2, 3); // [N, C, H, W] -> [N, C]
      }
    }
    Normed encoder = new Normed(BatchNorm.of(3), 3, 3);
    double[] before = encoder.norm().runningMean().toDoubles();

    Features features = Features.extract(encoder, "norm", pictures(6), AS_IS, KERNELS);
    Features alone = Features.extract(encoder, "norm", pictures(1), AS_IS, KERNELS);

    assertThat(encoder.norm().runningMean().toDoubles()).containsExactly(before);
    for (int d = 0; d < 3; d++) {
      assertThat(features.matrix().at(0, d)).isCloseTo(alone.matrix().at(0, d), within(1e-6f));
    }
  }

  @Test
  void whatCannotBeReadIsLeftOutAndNamed() {
    Source<Image> source = new Damaged(pictures(11), List.of(0L, 4L, 5L, 6L, 7L, 10L));

    Features features = Features.pixels(source, AS_IS);

    assertThat(features.samples()).isEqualTo(5);
    assertThat(features.unreadable())
        .containsExactly("item 0", "item 4", "item 5", "item 6", "item 7", "item 10");
    assertThat(features.labels().toArray()).containsExactly(1, 2, 3, 0, 1);
    assertThat(features.matrix().at(3, 0)).isEqualTo(picture(2, 3, 3, 8).value(0, 0, 0));
    Source<Image> none = new Damaged(pictures(2), List.of(0L, 1L));
    assertThatThrownBy(() -> Features.pixels(none, AS_IS))
        .hasMessageContaining("none of the 2 images of damaged pictures can be read");
  }

  @Test
  void imagesOfSeveralSizesAskForAResize() {
    Source<Image> mixed = ListSource.of("mixed", List.of(picture(4, 4, 3, 1), picture(4, 5, 3, 2)));

    assertThatThrownBy(() -> Features.pixels(mixed, AS_IS))
        .hasMessage(
            "item 1 is 4x5 with 3 channels after the preprocessing, but item 0 is 4x4 with 3"
                + " channels: let the preprocessing make all images one size, for example with"
                + " Resize.of(32)");
    Features resized = Features.pixels(mixed, Extraction.of(Resize.of(2)));
    assertThat(resized.width()).isEqualTo(12);
    assertThat(resized.labels().unlabelled()).isEqualTo(2);
  }

  @Test
  void aPreprocessingThatDrawsIsRefused() {
    Augmentation flip = new RandomHorizontalFlip(0.5);

    assertThatThrownBy(() -> Features.pixels(pictures(3), Extraction.of(Resize.of(8), flip)))
        .hasMessageContaining("the preprocessing draws random numbers (Augmentations");
  }

  @Test
  void errorsOfThePreprocessingReachTheCaller() {
    assertThatThrownBy(() -> Features.pixels(pictures(3), Extraction.of(Normalize.symmetric(4))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Normalize has 4 means");
  }

  @Test
  void anEncoderThatDoesNotFitIsRefused() {
    assertThatThrownBy(
            () -> Features.extract(projection(6, 1, 5), "gray", pictures(3), AS_IS, KERNELS))
        .hasMessageContaining("the encoder takes images of 1 channels, these have 3");
    Projection wrong = new Projection(Linear.of(18, 5, RandomStream.of(1)), 3, 7);
    assertThatThrownBy(() -> Features.extract(wrong, "wrong", pictures(3), AS_IS, KERNELS))
        .hasMessageContaining("says that its width is 7");
    Projection diverged = projection(18, 3, 2);
    double[] weight = diverged.linear().weight().toDoubles();
    weight[0] = Double.NaN;
    diverged.linear().weight().set(weight);
    assertThatThrownBy(() -> Features.extract(diverged, "diverged", pictures(3), AS_IS, KERNELS))
        .hasMessageContaining("is NaN (diverged): did the training diverge?");
  }

  @Test
  void optionsMatricesAndLabelsAreChecked() {
    assertThatThrownBy(() -> AS_IS.withBatchSize(0)).hasMessageContaining("batchSize is 0");
    assertThatThrownBy(() -> AS_IS.withThreads(0)).hasMessageContaining("threads is 0");
    assertThatThrownBy(() -> Matrix.of(2, 3, new float[5])).hasMessageContaining("given are 5");
    assertThatThrownBy(() -> Matrix.of(2, 3, new float[6]).at(1, 3))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> Labels.of(0, -2)).hasMessageContaining("label -2");
    Matrix matrix = Matrix.of(2, 1, new float[2]);
    assertThatThrownBy(() -> Features.of(matrix, Labels.of(0), "e", "d"))
        .hasMessage("2 rows of features but 1 labels");
    assertThat(Labels.of(0, 3, -1, 3))
        .extracting(Labels::classes, Labels::distinct, Labels::unlabelled)
        .containsExactly(4, 2, 1);
  }

  @Test
  void everyNthOfEachClassIsHeldOut() {
    List<int[]> parts = Labels.of(0, 1, 0, 1, 0, 1, 0, 1, 2).splitEveryNth(2);

    assertThat(parts.get(0)).containsExactly(0, 1, 4, 5, 8);
    assertThat(parts.get(1)).containsExactly(2, 3, 6, 7);
  }
}
