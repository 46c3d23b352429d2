package org.selfsup4j.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Augmentations;
import org.selfsup4j.core.data.CifarBinary;
import org.selfsup4j.core.data.ColorJitter;
import org.selfsup4j.core.data.EmbeddedDigits;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.ImageFolder;
import org.selfsup4j.core.data.ImageSource;
import org.selfsup4j.core.data.Normalize;
import org.selfsup4j.core.data.RandomApply;
import org.selfsup4j.core.data.RandomGrayscale;
import org.selfsup4j.core.data.RandomHorizontalFlip;
import org.selfsup4j.core.data.RandomResizedCrop;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.data.Split;
import org.selfsup4j.core.random.RandomStream;

/**
 * What {@code --data} names: the embedded photos, a folder of CIFAR-10's binary files, or a folder
 * of images.
 *
 * @param train what is trained on
 * @param test what is scored; shares no image with {@code train}, but for data without labels, of
 *     which all is trained on and nothing scored
 * @param normalize of pixels
 * @param mirrors whether a mirrored image is as good as the image: hands have two sides
 */
record DataChoice(Source<Image> train, Source<Image> test, Normalize normalize, boolean mirrors) {

  private static final String EMBEDDED = "embedded";

  /** Every fifth image of a class is test where the data has no test set of its own. */
  private static final int TEST_EVERY = 5;

  /** The file of decoded images in the folder that {@code --cache} names. */
  private static final String CACHE_FILE = "decoded.images";

  static DataChoice of(String name) {
    return of(name, null, 0);
  }

  /**
   * Data that is decoded once and then read from a file.
   *
   * @param cache folder of that file, made if there is none; null: decode in every epoch
   * @param cacheSide the longest shorter side of the images in it; 0: as they are
   */
  static DataChoice of(String name, Path cache, int cacheSide) {
    if (name.equals(EMBEDDED)) {
      ImageSource digits = stored(EmbeddedDigits.load(), cache, cacheSide);
      Split<Image> split = Split.everyNth(digits, TEST_EVERY);
      return new DataChoice(split.train(), split.test(), hands(), false);
    }
    Path folder = Path.of(name);
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException(
          "--data is '" + name + "': it must be '" + EMBEDDED + "' or a folder that exists");
    }
    if (Files.exists(folder.resolve("test_batch.bin"))) {
      if (cache != null) {
        throw new IllegalArgumentException(
            "--cache is '" + cache + "': CIFAR-10's files hold decoded images; leave it out");
      }
      return new DataChoice(
          CifarBinary.train(folder), CifarBinary.test(folder), Normalize.cifar10(), true);
    }
    ImageSource images = stored(ImageFolder.of(folder), cache, cacheSide);
    if (images.label(0).isEmpty()) {
      return new DataChoice(images, images, Normalize.imageNet(), true); // nothing can be scored
    }
    Split<Image> split = Split.everyNth(images, TEST_EVERY);
    return new DataChoice(split.train(), split.test(), Normalize.imageNet(), true);
  }

  private static ImageSource stored(ImageSource images, Path cache, int side) {
    if (cache == null) {
      return images;
    }
    try {
      Files.createDirectories(cache);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the folder of --cache, " + cache, e);
    }
    Path file = cache.resolve(CACHE_FILE);
    return side == 0 ? images.stored(file) : images.stored(file, side);
  }

  static Normalize hands() {
    return Normalize.of(new double[] {0.5, 0.5, 0.5}, new double[] {0.25, 0.25, 0.25});
  }

  boolean isLabelled() {
    return train.label(0).isPresent();
  }

  /** {@code steps}, a flip where that is allowed, and the normalisation. */
  Augmentation augmentation(Augmentation... steps) {
    Augmentations all = Augmentations.of(steps);
    return (mirrors ? all.then(new RandomHorizontalFlip(0.5)) : all).then(normalize);
  }

  /**
   * A view for contrastive methods: a window of .2 to 1 of the area, colors and gray at random.
   *
   * @param hue how far that may turn, in parts of the circle
   */
  Augmentation contrastive(int side, double hue) {
    return augmentation(
        RandomResizedCrop.of(side).withScale(0.2, 1),
        new RandomApply(0.8, ColorJitter.of(0.4, 0.4, 0.4, hue)),
        new RandomGrayscale(0.2));
  }

  /** The same with {@code count} of the training images, drawn by {@code seed}. */
  DataChoice withTrainImages(int count, long seed) {
    if (count < 1 || count > train.size()) {
      throw new IllegalArgumentException(
          "--train-images is " + count + ": it must be between 1 and " + train.size());
    }
    int[] order = RandomStream.of(seed).at("train images").permutation((int) train.size());
    long[] chosen = Arrays.stream(order, 0, count).sorted().asLongStream().toArray();
    return new DataChoice(train.subset(chosen), test, normalize, mirrors);
  }
}
