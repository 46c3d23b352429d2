package org.selfsup4j.pretext.jigsaw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.ListSource;
import org.selfsup4j.core.data.Normalize;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.data.StreamSource;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.models.VisionTransformer;
import org.selfsup4j.models.VisionTransformerOptions;

class JigsawTest {

  private static final Augmentation NONE = (image, random) -> image;

  /** Puzzles of 9 pixels that show which cell a tile is of. */
  private static final Jigsaw.Options PLAIN =
      new Jigsaw.Options(4, 8, new TileGrid(9, 3, 0, 0), 100, 0, 0, 0, NONE, NONE);

  /** Red, green and blue of cell {@code i} are {@code i + base + (0, .25, .5)}. */
  private static Image cells(int base) {
    float[] pixels = new float[9 * 9 * 3];
    for (int i = 0; i < pixels.length; i++) {
      int row = i / 27;
      int column = i / 3 % 9;
      pixels[i] = base + row / 3 * 3 + column / 3 + i % 3 * 0.25f;
    }
    return Image.ofFloats(9, 9, 3, pixels);
  }

  private static Sample<Image> sample(Image... images) {
    return Sample.read(ListSource.of("images", List.of(images)), 0);
  }

  private static Jigsaw task(Jigsaw.Options options) {
    return Jigsaw.of(FlatEncoder.of(3, 3, 4), options, RandomStream.of(2));
  }

  @Test
  void tilesLieAsTheirNumberSays() {
    Jigsaw task = task(PLAIN);
    TreeSet<Integer> seen = new TreeSet<>();
    for (int seed = 0; seed < 400; seed++) {
      Jigsaw.Example example = task.example(sample(cells(0)), RandomStream.of(seed));
      assertThat(example.tiles()).hasSize(9);
      for (int place = 0; place < 9; place++) {
        int cell = task.permutations().tileAt(example.permutation(), place);
        assertThat(example.tiles().get(place).value(1, 2, 0)).isEqualTo(cell);
      }
      seen.add(example.permutation());
    }
    assertThat(seen).hasSizeGreaterThan(90).allMatch(p -> p >= 0 && p < 100);
  }

  @Test
  void upToTwoTilesAreAnotherImagesFromTheSamePlaces() {
    Jigsaw task = task(PLAIN.plusPlus().withGrayscale(0));
    Sample<Image> sample = sample(cells(0), cells(100));
    int[] times = new int[3];
    int[] replaced = new int[9];
    for (int seed = 0; seed < 900; seed++) {
      Jigsaw.Example example = task.example(sample, RandomStream.of(seed));
      int foreign = 0;
      for (int place = 0; place < 9; place++) {
        int cell = task.permutations().tileAt(example.permutation(), place);
        float value = example.tiles().get(place).value(0, 0, 0);
        assertThat(value).isIn((float) cell, cell + 100f);
        foreign += value >= 100 ? 1 : 0;
        replaced[cell] += value >= 100 ? 1 : 0;
      }
      times[foreign]++;
    }
    for (int number = 0; number < 3; number++) {
      assertThat(times[number]).as("puzzles with %s foreign tiles", number).isBetween(250, 350);
    }
    for (int cell = 0; cell < 9; cell++) {
      assertThat(replaced[cell]).as("times that cell %s was replaced", cell).isBetween(65, 135);
    }
  }

  @Test
  void aPuzzleIsGrayAsAWhole() {
    Jigsaw task = task(PLAIN.plusPlus());
    Sample<Image> sample = sample(cells(0), cells(100));
    int gray = 0;
    for (int seed = 0; seed < 600; seed++) {
      List<Boolean> colored = new ArrayList<>();
      for (Image tile : task.example(sample, RandomStream.of(seed)).tiles()) {
        colored.add(tile.value(0, 0, 0) != tile.value(0, 0, 2));
      }
      assertThat(new TreeSet<>(colored)).as("gray or colored").hasSize(1);
      gray += colored.get(0) ? 0 : 1;
    }
    assertThat(gray / 600.0).isCloseTo(0.7, within(0.06));
  }

  @Test
  void normalisedTilesHideTheBrightnessOfTheirNeighbourhood() {
    Jigsaw task = task(PLAIN.withNormalization(new StandardizeTile()));
    for (Image tile : task.example(sample(cells(0)), RandomStream.of(1)).tiles()) {
      assertThat(tile.toFloats()).containsOnly(0); // all that told the cells apart is gone
    }
  }

  @Test
  void picturesShowThePuzzleAndItsSolutions() {
    Jigsaw task = task(PLAIN);
    Jigsaw.Example example = task.example(sample(cells(0)), RandomStream.of(1));
    double[] values = new double[9 * 3 * 9]; // [9, 1, 3, 3, 3]
    for (int i = 0; i < values.length; i++) {
      values[i] = example.tiles().get(i / 27).value(i / 3 % 3, i % 3, i / 9 % 3);
    }
    try (Arena arena = new Arena();
        Session session = Session.evaluation(KernelSets.choose(), arena, "test")) {
      Tensor tiles = session.tensor(ElementType.FLOAT, values, 9, 1, 3, 3, 3);
      Tensor permutation = session.ids(new long[] {example.permutation()}, 1);
      Pass pass = new Pass(false, RandomStream.of(1), session);
      Map<String, Tensor> pictures = task.pictures(new Jigsaw.Batch(tiles, permutation), pass);
      assertThat(pictures.keySet()).containsExactly("puzzle", "solved", "right");
      double[] puzzle = pictures.get("puzzle").toDoubles();
      double[] right = pictures.get("right").toDoubles();
      assertThat(puzzle).hasSameSizeAs(right).hasSize(3 * 11 * 11);
      for (int i = 0; i < 121; i++) {
        int row = i / 11;
        int column = i % 11;
        boolean line = row % 4 == 3 || column % 4 == 3;
        int place = row / 4 * 3 + column / 4;
        assertThat(right[i]).isEqualTo(line ? 0 : place);
        assertThat(puzzle[i]).isEqualTo(line ? 0 : example.tiles().get(place).value(0, 0, 0));
      }
    }
  }

  @Test
  void refusesOrdersThatDoNotFitThePuzzle() {
    PermutationSet few = PermutationSet.greedy(9, 64, RandomStream.of(1));
    Jigsaw task = task(PLAIN);
    assertThatThrownBy(() -> new Jigsaw(task.encoder(), task.perTile(), task.head(), few, PLAIN))
        .hasMessageContaining("the permutations are 64 permutations of 9 tiles")
        .hasMessageContaining("the options ask for 100 of 9");
    TileGrid four = new TileGrid(8, 2, 0, 0);
    assertThatThrownBy(() -> PLAIN.withGrid(four))
        .hasMessageContaining("100 permutations of 4 tiles")
        .hasMessageContaining("no more than 24 exist");
    Jigsaw.Options hidden = PLAIN.withPermutations(24).withGrid(four).withForeignTiles(2);
    assertThatThrownBy(() -> task(hidden))
        .hasMessageContaining("foreignTiles is 2")
        .hasMessageContaining("differ in only 2 places");
  }

  @Test
  void refusesOptionsThatMeanNothing() {
    assertThatThrownBy(() -> PLAIN.withForeignTiles(8))
        .hasMessageContaining("foreignTiles is 8 of 9 tiles");
    assertThatThrownBy(() -> PLAIN.withGrayscale(1.5)).hasMessageContaining("grayscale is 1.5");
    assertThatThrownBy(() -> PLAIN.withChannelShift(1))
        .hasMessageContaining("channelShift is 1 with a gap of 0");
    assertThatThrownBy(() -> Jigsaw.Options.forSide(16)).hasMessageContaining("side is 16");
  }

  @Test
  void refusesGrayWhereColorsAreNeeded() {
    assertThatThrownBy(
            () -> Jigsaw.of(FlatEncoder.of(3, 1, 4), PLAIN.withGrayscale(0.7), RandomStream.of(2)))
        .hasMessageContaining("grayscale 0.7 and channelShift 0 need images of 3 channels")
        .hasMessageContaining("the encoder takes 1");
    Image gray = Image.ofFloats(9, 9, 1, new float[81]);
    assertThatThrownBy(() -> task(PLAIN).example(sample(gray), RandomStream.of(1)))
        .hasMessageContaining("the encoder takes 3 channels, but image 9x9x1 (float) has 1");
  }

  @Test
  void refusesTilesThatDoNotDivideIntoPatches() {
    VisionTransformer encoder =
        VisionTransformer.of(VisionTransformerOptions.of(8, 4, 16, 1, 2), RandomStream.of(1));
    Jigsaw.Options tilesOf5 = PLAIN.withPermutations(24).withGrid(new TileGrid(10, 2, 0, 0));
    assertThatThrownBy(() -> Jigsaw.of(encoder, tilesOf5, RandomStream.of(2)))
        .hasMessageContaining("tiles of 5x5 do not divide into patches of 4");
  }

  @Test
  void refusesDataWithoutAnotherImage() {
    Jigsaw task = task(PLAIN.plusPlus());
    Source<Image> stream = StreamSource.of("a stream", 9, 1, Collections::emptyIterator);
    task(PLAIN).check(8, stream);
    assertThatThrownBy(() -> task.check(8, stream))
        .hasMessageContaining(
            "foreignTiles is 2 and another image is drawn by its index, which a stream (stream of 9"
                + " items, buffer 1) does not have");
    task.check(8, 2);
    task(PLAIN).check(8, 1);
    assertThatThrownBy(() -> task.check(8, 1))
        .hasMessageContaining("foreignTiles is 2, but the data has 1 image");
  }

  @Test
  void presetsHoldThePapersValues() {
    Jigsaw.Options paper = Jigsaw.Options.paper();
    assertThat(paper.grid()).isEqualTo(new TileGrid(225, 3, 11, 11));
    assertThat(paper.grid().tileSide()).isEqualTo(64);
    assertThat(paper.permutations()).isEqualTo(1000);
    assertThat(paper.grayscale()).isEqualTo(0.3);
    assertThat(paper.channelShift()).isEqualTo(2);
    Image photo = Image.ofBytes(300, 400, 3, new byte[300 * 400 * 3]);
    Image window = paper.augmentation().apply(photo, RandomStream.of(1));
    assertThat(window.height()).isEqualTo(window.width()).isEqualTo(225);
    Jigsaw.Options plusPlus = paper.plusPlus();
    assertThat(plusPlus.permutations()).isEqualTo(701);
    assertThat(plusPlus.foreignTiles()).isEqualTo(2);
    assertThat(plusPlus.grayscale()).isEqualTo(0.7);
    assertThat(plusPlus.grid()).isEqualTo(paper.grid());
    assertThat(paper.normalization()).isEqualTo(new StandardizeTile());
    Jigsaw.Options small = Jigsaw.Options.small(32, Normalize.cifar10());
    assertThat(small.grid()).isEqualTo(new TileGrid(30, 3, 2, 2));
    assertThat(small.channelShift()).isZero();
    assertThat(small.normalization()).isEqualTo(Normalize.cifar10());
    assertThat(Jigsaw.Options.forSide(64).grid()).isEqualTo(new TileGrid(60, 3, 4, 4));
    assertThat(Jigsaw.Options.forSide(64).channelShift()).isEqualTo(1);
  }
}
