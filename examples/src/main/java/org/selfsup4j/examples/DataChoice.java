package org.selfsup4j.examples;

import java.nio.file.Files;
import java.nio.file.Path;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Augmentations;
import org.selfsup4j.core.data.CifarBinary;
import org.selfsup4j.core.data.EmbeddedDigits;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.ImageFolder;
import org.selfsup4j.core.data.Normalize;
import org.selfsup4j.core.data.RandomHorizontalFlip;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.data.Split;

/**
 * What {@code --data} names: the embedded photos, a folder of CIFAR-10's binary files, or a folder
 * of images.
 *
 * @param train what is trained on
 * @param test what is scored; shares no image with {@code train}
 * @param normalize of pixels
 * @param mirrors whether a mirrored image is as good as the image: hands have two sides
 */
record DataChoice(Source<Image> train, Source<Image> test, Normalize normalize, boolean mirrors) {

  private static final String EMBEDDED = "embedded";

  /** Every fifth image of a class is test where the data has no test set of its own. */
  private static final int TEST_EVERY = 5;

  static DataChoice of(String name) {
    if (name.equals(EMBEDDED)) {
      Split<Image> split = Split.everyNth(EmbeddedDigits.load(), TEST_EVERY);
      return new DataChoice(split.train(), split.test(), hands(), false);
    }
    Path folder = Path.of(name);
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException(
          "--data is '" + name + "': it must be '" + EMBEDDED + "' or a folder that exists");
    }
    if (Files.exists(folder.resolve("test_batch.bin"))) {
      return new DataChoice(
          CifarBinary.train(folder), CifarBinary.test(folder), Normalize.cifar10(), true);
    }
    Split<Image> split = Split.everyNth(ImageFolder.of(folder), TEST_EVERY);
    return new DataChoice(split.train(), split.test(), Normalize.imageNet(), true);
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
}
