package org.selfsup4j.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.random.RandomStream;

/** Grayscale, solarize, normalize, flip, and how augmentations are put together. */
class PixelwiseTest {

  private final Image image = Pictures.noise(6, 7, 3, 1);

  @Test
  void grayscaleMixesTheColors() {
    Image gray = new RandomGrayscale(1).apply(image, RandomStream.of(2));
    for (int c = 0; c < 3; c++) {
      double expected =
          0.2989 * image.value(3, 4, 0)
              + 0.587 * image.value(3, 4, 1)
              + 0.114 * image.value(3, 4, 2);
      assertThat((double) gray.value(3, 4, c)).isCloseTo(expected, within(1e-6));
    }
    Image one = Pictures.noise(3, 3, 1, 1);
    assertThat(new RandomGrayscale(1).apply(one, RandomStream.of(2))).isSameAs(one);
    assertThatThrownBy(
            () -> new RandomGrayscale(0).apply(Pictures.noise(3, 3, 4, 1), RandomStream.of(2)))
        .hasMessageContaining("RandomGrayscale needs an image of red, green and blue");
  }

  @Test
  void solarizeInvertsWhatIsBright() {
    Image changed = new Solarize(0.25).apply(image, RandomStream.of(2));
    for (int i = 0; i < 42; i++) {
      float value = image.value(i / 7, i % 7, 1);
      assertThat(changed.value(i / 7, i % 7, 1)).isEqualTo(value >= 0.25f ? 1 - value : value);
    }
    assertThatThrownBy(() -> new Solarize(128)).hasMessageContaining("threshold is 128.0");
  }

  @Test
  void normalizeCentresEachChannelAndCanBeUndone() {
    Normalize normalize = Normalize.of(new double[] {0.1, 0.2, 0.3}, new double[] {0.5, 2, 4});
    Image changed = normalize.apply(image, RandomStream.of(2));
    assertThat(changed.value(5, 6, 0))
        .isCloseTo((image.value(5, 6, 0) - 0.1f) / 0.5f, within(1e-6f));
    assertThat(changed.value(5, 6, 1)).isCloseTo((image.value(5, 6, 1) - 0.2f) / 2, within(1e-6f));
    assertThat(changed.value(0, 0, 2)).isCloseTo((image.value(0, 0, 2) - 0.3f) / 4, within(1e-6f));
    assertThat(normalize.inverse().apply(changed, RandomStream.of(2)).toFloats())
        .containsExactly(image.toFloats(), within(1e-6f));
    assertThat(Normalize.symmetric(4).apply(Pictures.plain(1, 1, 0, 0.5f, 1, 1), null).toFloats())
        .containsExactly(-1, 0, 1, 1);
  }

  @Test
  void normalizeRefusesOtherChannels() {
    assertThatThrownBy(() -> Normalize.imageNet().apply(Pictures.noise(2, 2, 1, 0), null))
        .hasMessageContaining("Normalize has 3 means, but image 2x2x1 (float) has 1 channels");
    assertThatThrownBy(() -> new Normalize(List.of(0.5), List.of(0.5, 0.5)))
        .hasMessageContaining("one number for each channel");
    assertThatThrownBy(() -> new Normalize(List.of(0.5), List.of(0.0)))
        .hasMessageContaining("none may be 0");
  }

  @Test
  void happensAsOftenAsItsProbabilitySays() {
    Image left = Pictures.noise8Bit(1, 2, 3, 0);
    int flips = 0;
    for (int i = 0; i < 10_000; i++) {
      flips += left.equals(new RandomHorizontalFlip(0.3).apply(left, RandomStream.of(i))) ? 0 : 1;
    }
    assertThat(flips).isBetween(2862, 3138); // three standard deviations of 46
    assertThat(new RandomHorizontalFlip(1).apply(left, RandomStream.of(0)))
        .isEqualTo(left.flipHorizontal());
    assertThat(new RandomHorizontalFlip(0).apply(left, RandomStream.of(0))).isSameAs(left);
    Augmentation never = new Solarize(0).withProbability(0);
    assertThat(never.apply(left, RandomStream.of(0))).isSameAs(left);
    Augmentation always = new Solarize(0).withProbability(1);
    assertThat(always.apply(left, RandomStream.of(0)))
        .isEqualTo(new Solarize(0).apply(left, RandomStream.of(0)));
    assertThatThrownBy(() -> new RandomHorizontalFlip(1.5))
        .hasMessage("probability is 1.5: it must lie in [0, 1]");
  }

  @Test
  void sameAddressSameView() {
    Augmentation views =
        RandomResizedCrop.of(16)
            .then(new RandomHorizontalFlip(0.5))
            .then(ColorJitter.of(0.4, 0.4, 0.4, 0.1).withProbability(0.8))
            .then(new RandomGrayscale(0.2))
            .then(GaussianBlur.simClr().withKernelSize(3).withProbability(0.5))
            .then(Normalize.imageNet());
    Image photo = Pictures.noise8Bit(24, 40, 3, 3);
    RandomStream address = RandomStream.of(5).at("view").at(17);
    Image first = views.apply(photo, address);
    Image second = views.apply(photo, address);
    assertThat(second).isNotEqualTo(first); // draws go on: two views of one stream differ
    RandomStream again = RandomStream.of(5).at("view").at(17);
    assertThat(views.apply(photo, again)).isEqualTo(first);
    assertThat(views.apply(photo, again)).isEqualTo(second);
  }

  @Test
  void isAValueThatSaysWhatItDoes() {
    Augmentation a = Augmentations.of(RandomCrop.of(32, 4), new RandomHorizontalFlip(0.5));
    assertThat(a).isEqualTo(RandomCrop.of(32, 4).then(new RandomHorizontalFlip(0.5)));
    assertThat(a.toString())
        .isEqualTo(
            "Augmentations[steps=[RandomCrop[height=32, width=32, padding=4, border=ZERO],"
                + " RandomHorizontalFlip[probability=0.5]]]");
  }
}
