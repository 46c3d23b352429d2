package org.selfsup4j.pretext.jigsaw;

import java.util.ArrayList;
import java.util.List;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.RandomGrayscale;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.pretext.parts.Fitting;

/**
 * How an image becomes a puzzle: cropped, cut, some tiles exchanged for another image's, shuffled.
 *
 * @param options how puzzles are made
 * @param permutations the orders, one of which is drawn
 * @param encoder of whose channels the images must be
 */
record Puzzle(Jigsaw.Options options, PermutationSet permutations, ImageEncoder encoder) {

  static Jigsaw.Example of(Jigsaw task, Sample<Image> sample, RandomStream random) {
    return new Puzzle(task.options(), task.permutations(), task.encoder()).cut(sample, random);
  }

  private Jigsaw.Example cut(Sample<Image> sample, RandomStream random) {
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
    return new Jigsaw.Example(shuffled, permutation);
  }

  private Image crop(Image image, boolean gray, RandomStream random) {
    Fitting.requireChannels(image, encoder);
    Image cropped = options.augmentation().apply(image, random);
    return gray ? new RandomGrayscale(1).apply(cropped, random) : cropped;
  }

  private Image tile(Image image, int index, boolean gray, RandomStream random) {
    Image tile = options.grid().cut(image, index, gray ? 0 : options.channelShift(), random);
    return options.normalization().apply(tile, random);
  }
}
