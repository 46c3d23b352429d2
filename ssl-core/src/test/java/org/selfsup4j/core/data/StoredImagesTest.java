package org.selfsup4j.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.selfsup4j.core.format.CorruptFileException;
import org.selfsup4j.core.tensor.Tensor;

class StoredImagesTest {

  @TempDir Path folder;

  private ImageFolder photos(int count) throws IOException {
    Path photos = Files.createDirectories(folder.resolve("photos"));
    for (int i = 0; i < count; i++) {
      Path file = photos.resolve((i % 2 == 0 ? "even/" : "odd/") + i + ".png");
      Files.createDirectories(file.getParent());
      Files.write(file, ImageFiles.encodePng(Pictures.noise8Bit(6 + i % 3, 9, 3, i)));
    }
    return ImageFolder.of(photos);
  }

  @Test
  void aFileGivesWhatTheSourceGives() throws IOException {
    ImageFolder source = photos(150); // more than are decoded side by side
    ImageSource stored = source.stored(folder.resolve("it"));
    for (long i = 0; i < source.size(); i++) {
      assertThat(stored.get(i)).isEqualTo(source.get(i));
      assertThat(stored.name(i)).isEqualTo(source.name(i));
      assertThat(stored.label(i)).isEqualTo(source.label(i));
      assertThat(stored.origin(i)).isEqualTo(source.origin(i));
    }
    assertThat(stored.size()).isEqualTo(150);
    assertThat(stored.classes()).containsExactly("even", "odd");
    assertThat(stored.description()).isEqualTo(source.description());
  }

  @Test
  void examplesAreThoseOfTheSourceToTheBit() throws IOException {
    photos(12);
    Files.writeString(folder.resolve("photos/odd/5.png"), "broken"); // another stands in for it
    ImageFolder source = ImageFolder.of(folder.resolve("photos"));
    assertThat(examples(source.stored(folder.resolve("it")))).isEqualTo(examples(source));
  }

  private static List<Image> examples(Source<Image> source) {
    record One(Image image) {}
    record All(Tensor image) {}
    Augmentation crop = RandomResizedCrop.of(4);
    try (var loader =
        new Loader<>(
            source,
            (sample, random) -> new One(crop.apply(sample.value(), random)),
            Stacking.of(One.class, All.class),
            LoaderOptions.training(8, 3))) {
      return LongStream.range(0, source.size())
          .mapToObj(i -> loader.example(0, i).image())
          .toList();
    }
  }

  /** Counts what is read. */
  private record Counting(Source<Image> source, AtomicInteger count) implements ImageSource {
    @Override
    public long size() {
      return source.size();
    }

    @Override
    public Image get(long index) {
      count.incrementAndGet();
      return source.get(index);
    }

    @Override
    public String description() {
      return source.description();
    }
  }

  @Test
  void eachImageIsDecodedOnceForAllRuns() {
    AtomicInteger decoded = new AtomicInteger();
    List<Image> images = IntStream.range(0, 10).mapToObj(Pictures::numbered).toList();
    Counting source = new Counting(ListSource.of("ten", images), decoded);
    Path file = folder.resolve("it");
    ImageSource first = source.stored(file);
    assertThat(decoded).hasValue(10);
    for (int i = 0; i < 10; i++) {
      assertThat(first.get(i)).isEqualTo(images.get(i));
      assertThat(source.stored(file).get(i)).isEqualTo(images.get(i));
    }
    assertThat(decoded).hasValue(10);
  }

  @Test
  void whatCannotBeDecodedStaysUnreadableByItsName() throws IOException {
    photos(4);
    Files.writeString(folder.resolve("photos/odd/1.png"), "broken");
    ImageFolder source = ImageFolder.of(folder.resolve("photos"));
    ImageSource stored = source.stored(folder.resolve("it"));
    assertThatThrownBy(() -> stored.get(2))
        .isInstanceOf(UnreadableException.class)
        .hasMessageStartingWith("odd/1.png cannot be read: its 6 bytes are no complete image");
    assertThat(Sample.read(stored, 2).index()).isEqualTo(3);
  }

  @Test
  void largerImagesAreResizedToAShorterSideAndSmallOnesKept() {
    Image wide = Pictures.noise8Bit(20, 31, 3, 1);
    Image small = Pictures.noise8Bit(7, 12, 3, 2);
    Source<Image> source = ListSource.of("both", List.of(wide, small));
    ImageSource stored = StoredImages.of(source, folder.resolve("it"), 10);
    assertThat(stored.get(0)).isEqualTo(wide.resize(10, 15).toBytes());
    assertThat(stored.get(1)).isEqualTo(small);
    assertThat(stored.description())
        .isEqualTo("both (2 items) resized to a shorter side of at most 10");
    assertThatThrownBy(() -> StoredImages.of(source, folder.resolve("other"), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("shorterSide is 0");
  }

  @Test
  void aFileOfOtherImagesOrAnotherSizeIsRefused() throws IOException {
    Path file = folder.resolve("it");
    ImageFolder two = photos(2);
    assertThat(two.stored(file).size()).isEqualTo(2);
    ImageFolder three = photos(3);
    assertThatThrownBy(() -> three.stored(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(file + " holds 2 images of folder photos (2 images in 2 classes")
        .hasMessageContaining(", not 3 of folder photos (3 images in 2 classes")
        .hasMessageEndingWith("choose another file, or delete this one and it is made anew");
    assertThatThrownBy(() -> two.stored(file, 7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("resized to a shorter side of at most 7");
  }

  @Test
  void aDamagedImageStopsTheRunAndIsNotReplaced() throws IOException {
    ImageFolder source = photos(2);
    Path file = folder.resolve("it");
    assertThat(source.stored(file).size()).isEqualTo(2);
    byte[] content = Files.readAllBytes(file);
    content[content.length - 100] ^= 1; // in the last image, before index and closing
    Files.write(file, content);
    ImageSource stored = source.stored(file);
    assertThat(Sample.read(stored, 0).index()).isZero();
    assertThatThrownBy(() -> Sample.read(stored, 1))
        .isInstanceOf(CorruptFileException.class)
        .hasMessageContaining("picture 1: its checksum is wrong");
  }

  @Test
  void floatsAreRefusedAndLeaveNoFile() throws IOException {
    Source<Image> floats = ListSource.of("floats", List.of(Pictures.noise(3, 3, 1, 5)));
    assertThatThrownBy(() -> StoredImages.of(floats, folder.resolve("it")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("item 0 is an image 3x3x1 (float): a file of 8-bit values");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }
}
