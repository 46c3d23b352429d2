package org.selfsup4j.eval.features;

import java.util.List;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.kernel.Kernels;

/**
 * The features of samples with their labels, and where both come from.
 *
 * @param matrix [N, D], one row a sample, in the order of the data
 * @param labels [N]
 * @param encoder what made the features, in words: {@code raw pixels}, an encoder and its seed
 * @param data what the samples are, in words, with what was done to them
 * @param unreadable names of items of the data that could not be read and have no row here
 */
public record Features(
    Matrix matrix, Labels labels, String encoder, String data, List<String> unreadable) {

  /** The most numbers that one matrix holds: Java arrays have no more. */
  static final int MOST_NUMBERS = Integer.MAX_VALUE - 8;

  /**
   * Checks that every row has its label or none, and that all numbers are finite.
   *
   * @throws IllegalArgumentException naming the first row that holds NaN or infinity
   */
  public Features {
    unreadable = List.copyOf(unreadable);
    if (matrix.rows() != labels.size()) {
      throw new IllegalArgumentException(
          matrix.rows() + " rows of features but " + labels.size() + " labels");
    }
    for (int row = 0; row < matrix.rows(); row++) {
      for (int column = 0; column < matrix.columns(); column++) {
        if (!Float.isFinite(matrix.at(row, column))) {
          throw new IllegalArgumentException(
              "feature "
                  + column
                  + " of sample "
                  + row
                  + " of "
                  + data
                  + " is "
                  + matrix.at(row, column)
                  + " ("
                  + encoder
                  + "): did the training diverge?");
        }
      }
    }
  }

  /** Features that were made elsewhere. */
  public static Features of(Matrix matrix, Labels labels, String encoder, String data) {
    return new Features(matrix, labels, encoder, data, List.of());
  }

  /**
   * The features that {@code encoder} gives the images of {@code source}, in evaluation mode, in
   * the order of the source; the last batch may be smaller. Images that cannot be read are left
   * out, named in the log and listed in {@link #unreadable}.
   *
   * @param encoder of FLOAT weights
   * @param name what scores call the encoder
   * @param source with an index, with or without labels
   * @throws IllegalArgumentException if images differ in size after the preprocessing, the
   *     preprocessing draws random numbers, the encoder takes another number of channels or gives
   *     numbers that are not finite, or no image can be read
   */
  public static Features extract(
      ImageEncoder encoder,
      String name,
      Source<Image> source,
      Extraction extraction,
      Kernels kernels) {
    return new FeatureExtractor(source, extraction).encoded(encoder, name, kernels);
  }

  /**
   * The preprocessed pixels themselves, row, column, channel: what an encoder must be better than.
   *
   * @throws IllegalArgumentException as {@link #extract}
   */
  public static Features pixels(Source<Image> source, Extraction extraction) {
    return new FeatureExtractor(source, extraction).pixels();
  }

  /** N, the number of samples. */
  public int samples() {
    return matrix.rows();
  }

  /** D, the number of features of a sample. */
  public int width() {
    return matrix.columns();
  }

  /** The samples {@code chosen}, in that order. */
  public Features rows(int... chosen) {
    return new Features(
        matrix.rows(chosen),
        labels.rows(chosen),
        encoder,
        chosen.length + " samples of " + data,
        List.of());
  }

  /**
   * Refuses what no score can be made of: samples without labels, two different widths.
   *
   * @throws IllegalArgumentException saying which
   */
  public static void requireComparable(Features train, Features test) {
    train.requireLabels();
    test.requireLabels();
    if (train.width() != test.width()) {
      throw new IllegalArgumentException(
          "train features have width "
              + train.width()
              + " and test features "
              + test.width()
              + ": make both with one encoder and one preprocessing");
    }
  }

  private void requireLabels() {
    int missing = labels.unlabelled();
    if (missing > 0) {
      throw new IllegalArgumentException(
          missing
              + " of the "
              + samples()
              + " samples of "
              + data
              + " have no label: a score needs one for each; give a folder with one folder a"
              + " class, or a list with labels");
    }
  }

  /** For messages and logs: sizes and origins, not the numbers. */
  @Override
  public String toString() {
    return "features " + matrix + " of " + encoder + " on " + data;
  }
}
