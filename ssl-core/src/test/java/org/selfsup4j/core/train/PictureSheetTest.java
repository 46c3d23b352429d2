package org.selfsup4j.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureSheetTest {

  @TempDir Path folder;

  @Test
  void everyPixelIsWhereItBelongs() throws IOException {
    float[] left = {1, 0, 0, /**/ 0, 1, 0, /**/ 0, 0, 1, /**/ 0.5f, 0.5f, 0.5f}; // 2 x 2, RGB
    byte[] right = {0, (byte) 128, (byte) 255, 64}; // 2 x 2, gray
    Path png = folder.resolve("sheet.png");
    PictureSheet sheet =
        new PictureSheet(2).add(2, 2, 3, left, "").add(2, 2, 1, right, "").add(2, 2, 1, right, "");
    assertThat(sheet.size()).isEqualTo(3);
    sheet.write(png);
    BufferedImage picture = ImageIO.read(png.toFile());
    // Enlarged 64 times to 128 x 128, gaps of 6.
    assertThat(picture.getWidth()).isEqualTo(6 + 2 * (128 + 6));
    assertThat(picture.getHeight()).isEqualTo(6 + 2 * (128 + 6));
    assertThat(rgb(picture, 6, 6)).isEqualTo(0xff0000);
    assertThat(rgb(picture, 6 + 63, 6 + 63)).isEqualTo(0xff0000);
    assertThat(rgb(picture, 6 + 64, 6)).isEqualTo(0x00ff00);
    assertThat(rgb(picture, 6, 6 + 64)).isEqualTo(0x0000ff);
    assertThat(rgb(picture, 6 + 127, 6 + 127)).isEqualTo(0x808080);
    assertThat(rgb(picture, 6 + 128, 6)).isEqualTo(0xffffff);
    assertThat(rgb(picture, 140, 6)).isEqualTo(0x000000);
    assertThat(rgb(picture, 140 + 127, 6)).isEqualTo(0x808080);
    assertThat(rgb(picture, 140, 6 + 127)).isEqualTo(0xffffff);
    assertThat(rgb(picture, 140 + 127, 6 + 127)).isEqualTo(0x404040);
    assertThat(rgb(picture, 6 + 64, 140)).isEqualTo(0x808080); // second row
  }

  @Test
  void valuesOutsideAreClippedAndWhatIsNoNumberIsSeen() {
    float[] values = {-3, 7, Float.NaN, Float.POSITIVE_INFINITY};
    BufferedImage picture = new PictureSheet(1).add(1, 4, 1, values, "").draw();
    int factor = 128 / 4;
    assertThat(rgb(picture, 6, 6)).isEqualTo(0x000000);
    assertThat(rgb(picture, 6 + factor, 6)).isEqualTo(0xffffff);
    assertThat(rgb(picture, 6 + 2 * factor, 6)).isEqualTo(0xff00ff);
    assertThat(rgb(picture, 6 + 3 * factor, 6)).isEqualTo(0xffffff);
  }

  @Test
  void headingsAndCaptionsAreWritten() {
    float[] black = new float[200 * 100];
    BufferedImage picture =
        new PictureSheet("original", "a heading far too long for its narrow column")
            .add(200, 100, 1, black, "seven")
            .draw();
    assertThat(picture.getWidth()).isEqualTo(6 + 2 * 106);
    assertThat(picture.getHeight()).isEqualTo(6 + 18 + 200 + 18 + 6);
    assertThat(dark(picture, 0, 6, 106, 24)).as("heading").isPositive();
    assertThat(dark(picture, 112, 6, 212, 24)).as("second heading").isPositive();
    assertThat(dark(picture, 212, 6, 218, 24)).as("heading kept in its column").isZero();
    assertThat(dark(picture, 0, 224, 106, 242)).as("caption").isPositive();
    assertThat(rgb(picture, 6, 24)).isEqualTo(0);
  }

  @Test
  void whatCannotBeDrawnIsRefused() {
    PictureSheet sheet = new PictureSheet(3);
    assertThatThrownBy(() -> sheet.write(folder.resolve("empty.png")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the sheet has no picture");
    assertThatThrownBy(() -> sheet.add(2, 2, 4, new float[16], ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a picture of 4 channels cannot be drawn: give 1 (gray) or 3 (RGB)");
    assertThatThrownBy(() -> sheet.add(2, 2, 3, new byte[4], ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a picture of height 2, width 2 and 3 channels has not 4 values");
    assertThatThrownBy(() -> new PictureSheet(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("columns is 0");
  }

  private static int rgb(BufferedImage picture, int x, int y) {
    return picture.getRGB(x, y) & 0xffffff;
  }

  private static int dark(BufferedImage picture, int left, int top, int right, int bottom) {
    int count = 0;
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        count += (picture.getRGB(x, y) & 0xff) < 128 ? 1 : 0;
      }
    }
    return count;
  }
}
