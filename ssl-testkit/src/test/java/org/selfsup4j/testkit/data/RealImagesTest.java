package org.selfsup4j.testkit.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.selfsup4j.core.data.CifarBinary;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.ImageFolder;
import org.selfsup4j.core.data.ImageSource;
import org.selfsup4j.testkit.SharedData;

/** Real files, beside Java's own decoders. */
class RealImagesTest {

  @TempDir Path folder;

  @Test
  void cifarsBinaryFilesHoldTheImagesOfItsSheets() throws IOException, InterruptedException {
    Path sheets = SharedData.folder("cifar-10");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    int status =
        new ProcessBuilder(
                java,
                sheets.resolve("Unpack.java").toString(),
                sheets.toString(),
                folder.toString())
            .inheritIO()
            .start()
            .waitFor();
    assertThat(status).isZero();
    assertThat(CifarBinary.train(folder).size()).isEqualTo(20_000);
    compare(CifarBinary.train(folder), 10_000, sheets, "train-2");
    compare(CifarBinary.test(folder), 0, sheets, "test");
  }

  private static void compare(CifarBinary source, int first, Path sheets, String name)
      throws IOException {
    BufferedImage sheet = ImageIO.read(sheets.resolve(name + ".png").toFile());
    String labels = Files.readString(sheets.resolve(name + ".labels"));
    for (int i = 0; i < 10_000; i += 7) {
      assertThat(source.label(first + i).getAsInt()).isEqualTo(labels.charAt(i) - '0');
      BufferedImage tile = sheet.getSubimage(i % 100 * 32, i / 100 * 32, 32, 32);
      assertThat(source.get(first + i)).isEqualTo(image(tile));
    }
  }

  @Test
  void pngsAreDecodedExactly() throws IOException {
    Path nuclei = SharedData.folder("nuclei");
    for (String part : new String[] {"images", "masks"}) {
      ImageFolder source = ImageFolder.of(nuclei.resolve(part));
      assertThat(source.size()).isEqualTo(100);
      for (int i = 0; i < 100; i += 9) {
        Path file = nuclei.resolve(part).resolve(source.name(i));
        assertThat(source.get(i)).isEqualTo(image(ImageIO.read(file.toFile())));
      }
    }
  }

  @Test
  void jpegsAreDecodedAsJavaDoesButForRounding() throws IOException {
    Path photos = SharedData.folder("blood-cells").resolve("images");
    ImageSource source = ImageFolder.of(photos);
    assertThat(source.size()).isEqualTo(364);
    for (int i = 0; i < 364; i += 50) {
      Image image = source.get(i);
      float[] expected = image(ImageIO.read(photos.resolve(source.name(i)).toFile())).toFloats();
      float[] got = image.toFloats();
      double sum = 0;
      for (int k = 0; k < got.length; k++) {
        sum += Math.abs(got[k] - expected[k]);
      }
      assertThat(sum / got.length * 255).isLessThan(1); // chroma is spread in different ways
      assertThat(Arrays.asList(image.height(), image.width())).containsExactly(480, 640);
    }
  }

  private static Image image(BufferedImage picture) {
    int bands = picture.getRaster().getNumBands();
    byte[] pixels = new byte[picture.getWidth() * picture.getHeight() * 3];
    for (int y = 0, i = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        for (int c = 0; c < 3; c++) {
          pixels[i++] = (byte) picture.getRaster().getSample(x, y, bands == 1 ? 0 : c);
        }
      }
    }
    return Image.ofBytes(picture.getHeight(), picture.getWidth(), 3, pixels);
  }
}
