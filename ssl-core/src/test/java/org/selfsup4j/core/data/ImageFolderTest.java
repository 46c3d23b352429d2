package org.selfsup4j.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.LongStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {

  @TempDir Path folder;

  /**
   * Writes a picture with Java's own encoders: left half red, right half blue, or gray likewise.
   */
  private void write(String name, String format, int type, int width, int height)
      throws IOException {
    BufferedImage picture = new BufferedImage(width, height, type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        picture.setRGB(x, y, x < width / 2 ? 0xffff0000 : 0xff0000ff);
      }
    }
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    assertThat(ImageIO.write(picture, format, file.toFile())).isTrue();
  }

  private void photo(String name) throws IOException {
    write(name, "png", BufferedImage.TYPE_INT_RGB, 4, 3);
  }

  private static List<String> names(Source<?> source) {
    return LongStream.range(0, source.size()).mapToObj(source::name).toList();
  }

  @Test
  void foldersAreClassesInTheOrderOfTheirNames() throws IOException {
    photo("cat/b.PNG");
    photo("cat/a.png");
    photo("cat-like/c.png");
    photo("ant/deep/er/z.png");
    photo("ant/y.png");
    photo("ant/.hidden.png");
    photo(".cache/x.png");
    Files.writeString(folder.resolve("ant/notes.txt"), "no image");
    Files.createDirectories(folder.resolve("empty"));
    ImageFolder source = ImageFolder.of(folder);
    assertThat(source.classes()).containsExactly("ant", "cat", "cat-like");
    assertThat(names(source))
        .containsExactly(
            "ant/deep/er/z.png", "ant/y.png", "cat/a.png", "cat/b.PNG", "cat-like/c.png");
    assertThat(LongStream.range(0, 5).map(i -> source.label(i).getAsInt()))
        .containsExactly(0L, 0L, 1L, 1L, 2L);
    assertThat(source.get(3).width()).isEqualTo(4);
    assertThat(source.description())
        .startsWith(
            "folder " + folder.getFileName() + " (5 images in 3 classes, names and lengths ");
  }

  @Test
  void imagesInTheFolderItselfHaveNoLabels() throws IOException {
    photo("b.png");
    photo("a.png");
    ImageFolder source = ImageFolder.of(folder);
    assertThat(names(source)).containsExactly("a.png", "b.png");
    assertThat(source.classes()).isEmpty();
    assertThat(source.label(0)).isEqualTo(OptionalInt.empty());
  }

  @Test
  void imagesInBothPlacesAreAmbiguous() throws IOException {
    photo("a.png");
    photo("dog/b.png");
    assertThatThrownBy(() -> ImageFolder.of(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("holds images itself (a.png) and in folders (dog)");
    ImageFolder flat = ImageFolder.flat(folder);
    assertThat(names(flat)).containsExactly("a.png", "dog/b.png");
    assertThat(flat.label(1)).isEqualTo(OptionalInt.empty());
  }

  @Test
  void everyKindOfFileBecomes8BitRedGreenBlue() throws IOException {
    write("a.jpg", "jpg", BufferedImage.TYPE_INT_RGB, 33, 17);
    write("b.JPEG", "jpg", BufferedImage.TYPE_BYTE_GRAY, 33, 17);
    write("c.png", "png", BufferedImage.TYPE_INT_ARGB, 33, 17);
    write("d.png", "png", BufferedImage.TYPE_BYTE_GRAY, 33, 17);
    write("e.png", "png", BufferedImage.TYPE_BYTE_INDEXED, 33, 17);
    write("f.png", "png", BufferedImage.TYPE_USHORT_GRAY, 33, 17);
    write("g.png", "png", BufferedImage.TYPE_BYTE_BINARY, 33, 17);
    write("h.bmp", "bmp", BufferedImage.TYPE_INT_RGB, 33, 17);
    write("i.tif", "tif", BufferedImage.TYPE_INT_RGB, 33, 17);
    write("j.png", "png", BufferedImage.TYPE_INT_RGB, 1, 1);
    write("k.png", "png", BufferedImage.TYPE_INT_RGB, 1, 301);
    ImageFolder source = ImageFolder.of(folder);
    assertThat(source.size()).isEqualTo(11);
    for (long i = 0; i < source.size(); i++) {
      Image image = source.get(i);
      assertThat(image.channels()).as(source.name(i)).isEqualTo(3);
      assertThat(image.isFloat()).isFalse();
      if (i < 9) {
        assertThat(image.height()).isEqualTo(17);
        assertThat(image.width()).isEqualTo(33);
      }
    }
    for (long colored : new long[] {0, 2, 4, 7, 8}) {
      Image image = source.get(colored);
      assertThat(image.value(8, 4, 0)).as(source.name(colored)).isCloseTo(1, within(0.03f));
      assertThat(image.value(8, 4, 2)).isCloseTo(0, within(0.03f));
      assertThat(image.value(8, 28, 0)).isCloseTo(0, within(0.03f));
      assertThat(image.value(8, 28, 2)).isCloseTo(1, within(0.03f));
    }
    for (long gray : new long[] {1, 3, 5}) {
      Image image = source.get(gray);
      assertThat(image.value(8, 4, 0)).isEqualTo(image.value(8, 4, 2));
      assertThat(image.value(8, 4, 0)).isNotEqualTo(image.value(8, 28, 0));
    }
    assertThat(source.get(10).height()).isEqualTo(301);
  }

  @Test
  void gives16BitValuesTheirUpper8() throws IOException {
    BufferedImage picture = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
    picture.getRaster().setSample(0, 0, 0, 0xabcd);
    picture.getRaster().setSample(1, 0, 0, 0x12ff);
    ImageIO.write(picture, "png", folder.resolve("a.png").toFile());
    assertThat(ImageFolder.of(folder).get(0))
        .isEqualTo(
            Image.ofBytes(
                1, 2, 3, new byte[] {(byte) 0xab, (byte) 0xab, (byte) 0xab, 0x12, 0x12, 0x12}));
  }

  @Test
  void aPhotoStandsUprightAsItsFileSays() throws IOException {
    write("a.jpg", "jpg", BufferedImage.TYPE_INT_RGB, 64, 32); // red left, blue right
    byte[] whole = Files.readAllBytes(folder.resolve("a.jpg"));
    byte[] exif = { // big-endian TIFF with one entry: orientation 6, to be turned clockwise
      (byte) 0xff,
      (byte) 0xe1,
      0,
      34,
      'E',
      'x',
      'i',
      'f',
      0,
      0,
      'M',
      'M',
      0,
      42,
      0,
      0,
      0,
      8,
      0,
      1,
      0x01,
      0x12,
      0,
      3,
      0,
      0,
      0,
      1,
      0,
      6,
      0,
      0,
      0,
      0,
      0,
      0
    };
    byte[] turned = new byte[whole.length + exif.length];
    System.arraycopy(whole, 0, turned, 0, 2);
    System.arraycopy(exif, 0, turned, 2, exif.length);
    System.arraycopy(whole, 2, turned, 2 + exif.length, whole.length - 2);
    assertThat(ImageFiles.decode(turned, "photo"))
        .isEqualTo(ImageFiles.decode(whole, "photo").rotate90(-1));
  }

  @Test
  void anUnreadableFileIsNamed() throws IOException {
    photo("a.png");
    photo("b.png");
    photo("c.png");
    byte[] whole = Files.readAllBytes(folder.resolve("a.png"));
    Files.write(folder.resolve("a.png"), Arrays.copyOf(whole, whole.length - 20));
    Files.writeString(folder.resolve("c.png"), "not an image at all");
    Files.createFile(folder.resolve("d.jpg"));
    ImageFolder source = ImageFolder.of(folder);
    assertThatThrownBy(() -> source.get(0))
        .isInstanceOf(UnreadableException.class)
        .hasMessageStartingWith(
            "a.png cannot be read: its " + (whole.length - 20) + " bytes are no");
    assertThatThrownBy(() -> source.get(2)).hasMessageStartingWith("c.png cannot be read");
    assertThatThrownBy(() -> source.get(3)).hasMessage("d.jpg cannot be read: the file is empty");
    assertThat(Sample.read(source, 0).index()).isEqualTo(1);
    assertThat(Sample.read(source, 1).index()).isEqualTo(1);
    assertThat(Sample.read(source, 2).index()).isEqualTo(1); // over d.jpg and a.png, round the end
    assertThat(Sample.read(source, 2).value()).isEqualTo(source.get(1));
    Files.delete(folder.resolve("b.png"));
    assertThatThrownBy(() -> Sample.read(source, 2))
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining("none of its 4 items can be read")
        .hasMessageContaining("c.png cannot be read");
  }

  @Test
  void aTruncatedJpegIsNotHalfAnImage() throws IOException {
    write("a.jpg", "jpg", BufferedImage.TYPE_INT_RGB, 64, 64);
    write("b.jpg", "jpg", BufferedImage.TYPE_INT_RGB, 64, 64);
    byte[] whole = Files.readAllBytes(folder.resolve("a.jpg"));
    Files.write(folder.resolve("a.jpg"), Arrays.copyOf(whole, whole.length * 3 / 4));
    ImageFolder source = ImageFolder.of(folder);
    assertThatThrownBy(() -> source.get(0)).isInstanceOf(UnreadableException.class);
  }

  @Test
  void aFolderOfNoneFailsClearly() throws IOException {
    Path none = folder.resolve("none");
    assertThatThrownBy(() -> ImageFolder.of(none))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(none + " does not exist: give the folder that holds the images");
    Files.createDirectories(none);
    Files.writeString(none.resolve("readme.md"), "text");
    assertThatThrownBy(() -> ImageFolder.of(none))
        .hasMessageStartingWith(
            none + " holds no images: files that end in one of [jpg, jpeg, png");
    assertThatThrownBy(() -> ImageFolder.of(none.resolve("readme.md")))
        .hasMessageContaining("is not a folder");
    Files.writeString(none.resolve("a.jpg"), "text");
    Files.writeString(none.resolve("b.jpg"), "text");
    assertThatThrownBy(() -> ImageFolder.of(none))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("none of the 2 images in " + none + " can be read; a.jpg");
  }

  @Test
  void aPngIsWhatItWas() throws IOException {
    Image image = Pictures.noise8Bit(7, 5, 3, 2);
    assertThat(ImageFiles.decode(ImageFiles.encodePng(image), "it")).isEqualTo(image);
    Files.write(folder.resolve("gray.png"), ImageFiles.encodePng(Pictures.noise8Bit(7, 5, 1, 2)));
    BufferedImage read = ImageIO.read(folder.resolve("gray.png").toFile());
    assertThat(read.getType()).isEqualTo(BufferedImage.TYPE_BYTE_GRAY);
    assertThat(read.getRaster().getSample(4, 6, 0) / 255f)
        .isEqualTo(Pictures.noise8Bit(7, 5, 1, 2).value(6, 4, 0));
    assertThatThrownBy(() -> ImageFiles.encodePng(Pictures.noise8Bit(7, 5, 2, 2)))
        .hasMessageContaining("cannot be a PNG");
  }

  @Test
  void aCacheDecodesOnceAndKeeps8Bits() throws IOException {
    write("a.png", "png", BufferedImage.TYPE_INT_RGB, 16, 12);
    Files.writeString(folder.resolve("b.png"), "broken");
    ImageFolder source = ImageFolder.of(folder);
    Image first = source.get(0);
    ImageSource cached = source.cached();
    ImageSource small = source.cached(4, 6);
    assertThat(small.get(0)).isEqualTo(first.resize(4, 6).toBytes());
    assertThat(cached.get(0)).isEqualTo(first);
    Files.delete(folder.resolve("a.png"));
    assertThat(cached.get(0)).isSameAs(cached.get(0)).isEqualTo(first);
    assertThat(small.get(0).height()).isEqualTo(4);
    assertThat(cached.name(1)).isEqualTo("b.png");
    assertThatThrownBy(() -> cached.get(1)).isInstanceOf(UnreadableException.class);
    assertThat(small.description()).isEqualTo(source.description() + " resized to 4x6");
  }
}
