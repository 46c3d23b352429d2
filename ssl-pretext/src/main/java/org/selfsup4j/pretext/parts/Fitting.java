package org.selfsup4j.pretext.parts;

import java.util.List;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.encoder.PatchEncoder;

/** Whether the parts of a task fit each other; what does not is refused with both values. */
public final class Fitting {

  private Fitting() {}

  /**
   * Refuses an image of other channels than the encoder takes, or of a side that does not divide
   * into its patches. An example is made before a run's folder is, so that a task which asks this
   * of its views refuses a whole source before the first step.
   *
   * @return the image
   */
  public static Image requireImage(Image image, ImageEncoder encoder) {
    requireChannels(image, encoder);
    requireWholePatches("images", image.height(), image.width(), encoder);
    return image;
  }

  /**
   * Refuses a list in which there is an image that {@link #requireImage} refuses.
   *
   * @return the images
   */
  public static List<Image> requireImages(List<Image> images, ImageEncoder encoder) {
    images.forEach(image -> requireImage(image, encoder));
    return images;
  }

  /** Refuses an image of other channels than the encoder takes. */
  public static void requireChannels(Image image, ImageEncoder encoder) {
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
  }

  /**
   * Refuses a head that takes another number of features than the encoder gives.
   *
   * @param head its name in the message: "the projector"
   * @param takes how many numbers it takes
   */
  public static void requireFeatures(String head, int takes, ImageEncoder encoder) {
    if (takes != encoder.width()) {
      throw new IllegalArgumentException(
          head
              + " takes "
              + takes
              + " features, the encoder gives "
              + encoder.width()
              + ": make it for encoder.width()");
    }
  }

  /**
   * Refuses a head that gives another number of logits than there are classes.
   *
   * @param head its name in the message: "the head"
   * @param gives how many numbers it gives
   * @param classes how many there are
   * @param what they are: "turns"
   */
  public static void requireLogits(String head, int gives, int classes, String what) {
    if (gives != classes) {
      throw new IllegalArgumentException(
          head
              + " gives "
              + gives
              + " logits, there are "
              + classes
              + " "
              + what
              + ": make it for as many");
    }
  }

  /**
   * Refuses a source of another size than what is kept for each of its images.
   *
   * @param what is kept, as in "the bank holds rows"
   * @param kept for how many images
   * @param samples the source's size
   */
  public static void requireRows(String what, long kept, long samples) {
    if (kept != samples) {
      throw new IllegalArgumentException(
          what
              + " of "
              + kept
              + " images, the source has "
              + samples
              + ": make the task for source.size() images");
    }
  }

  /**
   * The number of images as an array's length.
   *
   * @throws IllegalArgumentException if there are more than one array holds
   */
  public static int count(long images) {
    if (images < 1 || images > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "there are "
              + images
              + " images: there must be 1 at least, and no more than "
              + Integer.MAX_VALUE
              + "; take a part of them (source.subset)");
    }
    return (int) images;
  }

  /** Refuses a batch of one where a method compares the images of a batch. */
  public static void requireOthers(String method, int batchSize) {
    if (batchSize < 2) {
      throw new IllegalArgumentException(
          method
              + " compares the images of a batch: batchSize is "
              + batchSize
              + ", it must be at least 2, better 64 and more");
    }
  }

  /** Refuses more clusters than images. */
  public static void requireClusters(int clusters, long images) {
    if (clusters > images) {
      throw new IllegalArgumentException(
          "clusters is "
              + clusters
              + " but there are only "
              + images
              + " images: choose fewer clusters, at most a tenth of the images");
    }
  }

  /**
   * Refuses rows of two widths where they are compared.
   *
   * @param first what one part does, as in "the projector gives"
   * @param firstWidth how many numbers
   * @param second what the other does, as in "the queue holds rows of"
   * @param secondWidth how many numbers
   */
  public static void requireEqual(String first, int firstWidth, String second, int secondWidth) {
    if (firstWidth != secondWidth) {
      throw new IllegalArgumentException(
          first
              + " "
              + firstWidth
              + " numbers, "
              + second
              + " "
              + secondWidth
              + ": make them equal");
    }
  }

  /**
   * Refuses images that an encoder of patches cannot divide; all others take any size.
   *
   * @param what is encoded, as in "global crops"
   */
  public static void requireWholePatches(String what, int height, int width, ImageEncoder encoder) {
    if (encoder instanceof PatchEncoder patches
        && (height % patches.patchSize() != 0 || width % patches.patchSize() != 0)) {
      throw new IllegalArgumentException(
          what
              + " of "
              + height
              + "x"
              + width
              + " do not divide into patches of "
              + patches.patchSize()
              + ": choose a multiple of it, or another patch size");
    }
  }
}
