package org.selfsup4j.pretext.jigsaw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.testkit.golden.GoldenFile;
import org.selfsup4j.testkit.golden.ReadsGolden;
import org.selfsup4j.testkit.golden.Tolerance;

@ReadsGolden(
    value = "jigsaw.json",
    cases = {"tiles", "normalised"})
class TileGridTest {

  /** A pixel is its row times 1000 plus its column, plus its channel in millions. */
  private static Image coordinates(int side, int channels) {
    float[] pixels = new float[side * side * channels];
    for (int i = 0; i < pixels.length; i++) {
      int pixel = i / channels;
      pixels[i] = i % channels * 1_000_000 + pixel / side * 1000 + pixel % side;
    }
    return Image.ofFloats(side, side, channels, pixels);
  }

  @Property(tries = 300)
  void everyTileLiesInItsCell(
      @ForAll @IntRange(min = 2, max = 4) int rows,
      @ForAll @IntRange(min = 1, max = 20) int cell,
      @ForAll @IntRange(max = 19) int anyGap,
      @ForAll @IntRange(max = 19) int anyJitter,
      @ForAll @IntRange(max = 3) int channelShift,
      @ForAll long seed) {
    int gap = anyGap % cell;
    int jitter = anyJitter % (gap + 1);
    TileGrid grid = new TileGrid(rows * cell, rows, gap, jitter);
    Image image = coordinates(rows * cell, 3);
    for (int index = 0; index < rows * rows; index++) {
      Image tile = grid.cut(image, index, channelShift, RandomStream.of(seed).at(index));
      assertThat(tile.height()).isEqualTo(cell - gap).isEqualTo(grid.tileSide());
      assertThat(tile.width()).isEqualTo(cell - gap);
      for (int c = 0; c < 3; c++) {
        int first = (int) tile.value(0, 0, c) - c * 1_000_000;
        int top = first / 1000;
        int left = first % 1000;
        assertThat(top / cell).as("row of the cell").isEqualTo(index / rows);
        assertThat(left / cell).as("column of the cell").isEqualTo(index % rows);
        int least = (gap - jitter) / 2; // the channels together
        int outermost = channelShift;
        assertThat(top % cell).isBetween(least - outermost, least + jitter + outermost);
        assertThat(left % cell).isBetween(least - outermost, least + jitter + outermost);
        assertThat(top % cell + cell - gap).as("end of the tile").isLessThanOrEqualTo(cell);
        assertThat(left % cell + cell - gap).isLessThanOrEqualTo(cell);
        for (int y = 0; y < cell - gap; y++) {
          for (int x = 0; x < cell - gap; x++) {
            assertThat(tile.value(y, x, c)).isEqualTo(image.value(top + y, left + x, c));
          }
        }
      }
    }
  }

  @Test
  void tilesReachAllPlacesOfTheirCellsAndChannelsMoveApart() {
    TileGrid grid = new TileGrid(30, 3, 3, 2);
    Image image = coordinates(30, 3);
    Set<Integer> tops = new HashSet<>();
    Set<Integer> apart = new HashSet<>();
    for (int seed = 0; seed < 200; seed++) {
      Image together = grid.cut(image, 4, 0, RandomStream.of(seed));
      tops.add((int) together.value(0, 0, 0) / 1000 - 10);
      assertThat(together.value(0, 0, 1) - 1_000_000).isEqualTo(together.value(0, 0, 0));
      Image shifted = grid.cut(image, 4, 1, RandomStream.of(seed));
      apart.add((int) shifted.value(0, 0, 1) % 1000 - (int) shifted.value(0, 0, 0) % 1000);
    }
    assertThat(tops).containsExactlyInAnyOrder(0, 1, 2);
    assertThat(apart).containsExactlyInAnyOrder(-2, -1, 0, 1, 2);
  }

  @Test
  void tilesAreThoseOfTheReference(GoldenFile file) {
    long[] offsets = file.at("offsets").integers();
    Image image = image(file.root().filled("image").values(), 21);
    TileGrid grid = new TileGrid(21, 3, 2, 2);
    List<Image> tiles = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      int top = (int) offsets[2 * i];
      int left = (int) offsets[2 * i + 1];
      tiles.add(grid.tile(image, i, new int[] {top, top, top}, new int[] {left, left, left}));
    }
    file.at("tiles").tensor().assertMatches(planes(tiles), Tolerance.FLOAT);
    long[] permutation = file.at("permutation").integers();
    double[] firsts = new double[9];
    for (int place = 0; place < 9; place++) {
      firsts[place] = tiles.get((int) permutation[place]).value(0, 0, 0);
    }
    file.at("shuffled_first_values").tensor().assertMatches(firsts, Tolerance.FLOAT);
    List<Image> standardized = tiles.stream().map(TileGridTest::standardized).toList();
    file.at("normalised").tensor().assertMatches(planes(standardized), Tolerance.FLOAT);
  }

  @Test
  void evenTilesBecomeZero() {
    Image even = Image.ofBytes(2, 2, 1, new byte[] {7, 7, 7, 7});
    assertThat(standardized(even).toFloats()).containsOnly(0);
  }

  @Test
  void refusesWhatDoesNotDivideOrFit() {
    assertThatThrownBy(() -> new TileGrid(32, 3, 2, 2))
        .hasMessage("a side of 32 pixels does not divide into 3 cells: choose 30 or 33");
    assertThatThrownBy(() -> new TileGrid(30, 3, 10, 2))
        .hasMessageContaining("gap is 10 in cells of 10 pixels");
    assertThatThrownBy(() -> new TileGrid(30, 3, -1, 0)).hasMessageContaining("gap is -1");
    assertThatThrownBy(() -> new TileGrid(30, 3, 2, 3))
        .hasMessageContaining("jitter is 3 with a gap of 2")
        .hasMessageContaining("would leave their cells");
    assertThatThrownBy(() -> new TileGrid(30, 5, 2, 2)).hasMessageContaining("rows is 5");
    Image small = coordinates(24, 1);
    assertThatThrownBy(() -> TileGrid.paper().cut(small, 0, 0, RandomStream.of(1)))
        .hasMessageContaining("a puzzle of 225x225 pixels cannot be cut out of image 24x24x1");
  }

  private static Image standardized(Image tile) {
    return new StandardizeTile().apply(tile, RandomStream.of(1));
  }

  private static Image image(double[] planes, int side) {
    int channels = planes.length / side / side;
    float[] pixels = new float[planes.length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) planes[i % channels * side * side + i / channels];
    }
    return Image.ofFloats(side, side, channels, pixels);
  }

  /** [K, C, h, w] in row-major order. */
  private static double[] planes(List<Image> tiles) {
    Image first = tiles.get(0);
    int size = first.height();
    double[] planes = new double[tiles.size() * first.channels() * size * size];
    for (int i = 0; i < planes.length; i++) {
      int c = i / size / size % first.channels();
      Image tile = tiles.get(i / size / size / first.channels());
      planes[i] = tile.value(i / size % size, i % size, c);
    }
    return planes;
  }
}
