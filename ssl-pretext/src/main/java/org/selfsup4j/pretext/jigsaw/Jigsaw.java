package org.selfsup4j.pretext.jigsaw;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.RandomGrayscale;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.encoder.PatchEncoder;
import org.selfsup4j.core.module.Linear;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.ImageTask;
import org.selfsup4j.core.task.Loss;
import org.selfsup4j.core.task.Step;
import org.selfsup4j.core.tensor.Activations;
import org.selfsup4j.core.tensor.Losses;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.pretext.parts.ProjectionHead;

/**
 * Jigsaw puzzles (Noroozi and Favaro 2016) and Jigsaw++ (Noroozi, Vinjimoor, Favaro and Pirsiavash
 * 2018): in which of a set of orders do the tiles of an image lie? The encoder sees one tile at a
 * time; only behind it the tiles meet.
 *
 * @param encoder of one tile, the same for all
 * @param perTile features of a tile to what is joined: fc6 of the context-free network
 * @param head the joined tiles to the orders: fc7 and fc8
 * @param permutations the orders
 * @param options how puzzles are made
 */
public record Jigsaw(
    ImageEncoder encoder,
    Linear perTile,
    ProjectionHead head,
    PermutationSet permutations,
    JigsawOptions options)
    implements ImageTask<Jigsaw.Example, Jigsaw.Batch> {

  /** Tiles in the order of a permutation, and its number. */
  public record Example(List<Image> tiles, int permutation) {}

  /** Tiles [K, N, C, h, w] and permutations [N]. */
  public record Batch(Tensor tiles, Tensor permutation) {}

  /** Refuses orders that do not fit the puzzle, and colors where the encoder sees none. */
  public Jigsaw {
    if (permutations.tiles() != options.grid().tiles()
        || permutations.size() != options.permutations()) {
      throw new IllegalArgumentException(
          "the permutations are "
              + permutations
              + ", the options ask for "
              + options.permutations()
              + " of "
              + options.grid().tiles()
              + ": make them with PermutationSet.greedy");
    }
    if (permutations.leastDistance() <= options.foreignTiles()) {
      throw new IllegalArgumentException(
          "foreignTiles is "
              + options.foreignTiles()
              + ", but two permutations differ in only "
              + permutations.leastDistance()
              + " places: with these hidden no one could tell them apart; use fewer permutations");
    }
    int side = options.grid().tileSide();
    if (encoder instanceof PatchEncoder patches && side % patches.patchSize() != 0) {
      throw new IllegalArgumentException(
          "tiles of side "
              + side
              + " do not divide into patches of "
              + patches.patchSize()
              + ": choose a grid whose tiles are a multiple of it, or another patch size");
    }
    if (options.needsColors() && encoder.channels() != 3) {
      throw new IllegalArgumentException(
          "grayscale "
              + options.grayscale()
              + " and channelShift "
              + options.channelShift()
              + " need images of 3 channels, the encoder takes "
              + encoder.channels()
              + ": set both to 0, or choose an encoder of colors");
    }
  }

  /**
   * With a fresh head and permutations drawn from {@code random}.
   *
   * @param width of what is joined of each tile; 512 in the paper
   * @param hidden width behind the joined tiles; 4096 in the paper
   */
  public static Jigsaw of(
      ImageEncoder encoder, int width, int hidden, JigsawOptions options, RandomStream random) {
    int tiles = options.grid().tiles();
    int orders = options.permutations();
    return new Jigsaw(
        encoder,
        Linear.of(encoder.width(), width, random.at("perTile")),
        ProjectionHead.of(random.at("head"), tiles * width, hidden, orders),
        PermutationSet.greedy(tiles, orders, random.at("permutations")),
        options);
  }

  @Override
  public Example example(Sample<Image> sample, RandomStream random) {
    int count = options.grid().tiles();
    boolean gray = random.at("grayscale").chance(options.grayscale()); // the whole puzzle, or none
    Image own = crop(sample.value(), gray, random.at("augmentation"));
    List<Image> cut = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      cut.add(tile(own, i, gray, random.at("tile").at(i)));
    }
    int foreign = random.at("foreign").nextInt(options.foreignTiles() + 1);
    if (foreign > 0) {
      RandomStream draws = random.at("other");
      Image other = crop(sample.other(draws).value(), gray, draws.at("augmentation"));
      int[] cells = draws.at("cells").permutation(count);
      for (int i = 0; i < foreign; i++) {
        cut.set(cells[i], tile(other, cells[i], gray, draws.at("tile").at(i)));
      }
    }
    int permutation = random.at("permutation").nextInt(permutations.size());
    List<Image> shuffled = new ArrayList<>();
    for (int place = 0; place < count; place++) {
      shuffled.add(cut.get(permutations.tileAt(permutation, place)));
    }
    return new Example(shuffled, permutation);
  }

  private Image crop(Image image, boolean gray, RandomStream random) {
    if (image.channels() != encoder.channels()) {
      throw new IllegalArgumentException(
          "the encoder takes "
              + encoder.channels()
              + " channels, but "
              + image
              + " has "
              + image.channels()
              + ": choose an encoder or images of as many");
    }
    Image cropped = options.augmentation().apply(image, random);
    return gray ? new RandomGrayscale(1).apply(cropped, random) : cropped;
  }

  private Image tile(Image image, int index, boolean gray, RandomStream random) {
    Image tile = options.grid().cut(image, index, gray ? 0 : options.channelShift(), random);
    return options.normalization().apply(tile, random);
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Tensor logits = logits(batch.tiles(), step.pass()); // [N, permutations]
    return Loss.of(Losses.crossEntropy(logits, batch.permutation()))
        .with("accuracy", Losses.accuracy(logits, batch.permutation()));
  }

  /**
   * How likely each order is.
   *
   * @param tiles [K, N, C, h, w]
   * @return [N, permutations]
   */
  public Tensor logits(Tensor tiles, Pass pass) {
    long k = tiles.size(0);
    long n = tiles.size(1);
    Tensor all =
        tiles.reshape(k * n, tiles.size(2), tiles.size(3), tiles.size(4)); // [K N, C, h, w]
    Tensor codes = Activations.relu(perTile.apply(encoder.features(all, pass), pass)); // [K N, d]
    long d = codes.size(1);
    Tensor joined = codes.reshape(k, n, d).permute(1, 0, 2).reshape(n, k * d); // [N, K d]
    return head.apply(joined, pass);
  }

  @Override
  public void check(int batchSize, Source<Image> source) {
    if (options.foreignTiles() > 0 && !source.isIndexed()) {
      throw new IllegalArgumentException(
          "foreignTiles is "
              + options.foreignTiles()
              + ", but "
              + source.description()
              + " has no index by which another image could be drawn: set it to 0, or give a folder of"
              + " images or a list");
    }
    check(batchSize, source.size());
  }

  @Override
  public void check(int batchSize, long samples) {
    if (options.foreignTiles() > 0 && samples < 2) {
      throw new IllegalArgumentException(
          "foreignTiles is "
              + options.foreignTiles()
              + ", but the data has "
              + samples
              + " image: tiles of another image need at least 2");
    }
  }

  @Override
  public Map<String, Tensor> pictures(Batch batch, Pass pass) {
    return Solution.pictures(this, batch, pass);
  }
}
