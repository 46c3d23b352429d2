package org.selfsup4j.core.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.ListSource;
import org.selfsup4j.core.data.Loader;
import org.selfsup4j.core.data.LoaderOptions;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.data.Stacking;
import org.selfsup4j.core.tensor.Tensor;

class ViewSheetTest {

  record Example(List<Image> tiles) {}

  record Batch(Tensor tiles) {}

  @TempDir Path folder;

  private static Image even(int side, float value) {
    float[] pixels = new float[side * side];
    Arrays.fill(pixels, value);
    return Image.ofFloats(side, side, 1, pixels);
  }

  private static List<Image> tiles(int count, int side) {
    List<Image> tiles = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tiles.add(even(side, (i + 1) / 16f));
    }
    return tiles;
  }

  private BufferedImage sheet(int tiles) throws IOException {
    Source<Image> source = ListSource.of("one", List.of(even(11, 0.5f)));
    Path png = folder.resolve(tiles + ".png");
    try (Loader<Image, Example, Batch> loader =
        new Loader<>(
            source,
            (sample, random) -> new Example(tiles(tiles, 3)),
            Stacking.of(Example.class, Batch.class),
            LoaderOptions.training(1, 1))) {
      ViewSheet.write(png, loader, source);
    }
    return ImageIO.read(png.toFile());
  }

  @Test
  void nineTilesAreOnePictureBesideTheirImage() throws IOException {
    BufferedImage sheet = sheet(9); // 3 tiles of 3 and 2 lines: 11 pixels, shown 12 times as large
    assertThat(sheet.getWidth()).isEqualTo(6 + 2 * (11 * 12 + 6));
    for (int i = 0; i < 9; i++) {
      int x = 6 + 11 * 12 + 6 + i % 3 * 4 * 12;
      int y = 6 + i / 3 * 4 * 12;
      assertThat(sheet.getRGB(x, y) & 255).isEqualTo(Math.round((i + 1) / 16f * 255));
      assertThat(sheet.getRGB(x + 35, y + 35) & 255).isEqualTo(sheet.getRGB(x, y) & 255);
      if (i % 3 < 2) {
        assertThat(sheet.getRGB(x + 36, y) & 255).as("line").isZero();
      }
    }
  }

  @Test
  void aFewViewsStandBesideEachOther() throws IOException {
    assertThat(sheet(2).getWidth()).isEqualTo(6 + 3 * (3 * 43 + 6));
  }

  @Test
  void whatDoesNotFillTheLastRowStaysDark() {
    Image mosaic = Mosaic.of(tiles(10, 2)); // 4 columns, 3 rows
    assertThat(mosaic.height()).isEqualTo(3 * 3 - 1);
    assertThat(mosaic.width()).isEqualTo(4 * 3 - 1);
    assertThat(mosaic.value(6, 3, 0)).isEqualTo(10 / 16f);
    assertThat(mosaic.value(6, 6, 0)).isZero();
    assertThat(Mosaic.fits(List.of(even(2, 1), even(3, 1)))).isFalse();
  }
}
