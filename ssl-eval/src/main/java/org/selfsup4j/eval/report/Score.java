package org.selfsup4j.eval.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.selfsup4j.eval.features.Features;
import org.selfsup4j.eval.features.Labels;

/**
 * An accuracy with everything that is needed to print it honestly.
 *
 * @param protocol the protocol with its settings
 * @param encoder what made the features
 * @param train what the protocol learned from, with the number of samples
 * @param test what it was tested on, with the number of samples
 * @param seed of the encoder's training, where it is known
 * @param value the part of the test samples whose class was found, in [0, 1]
 * @param testSamples how many were tested
 * @param remarks what a reader should know beside; empty for nothing
 */
public record Score(
    String protocol,
    String encoder,
    String train,
    String test,
    OptionalLong seed,
    double value,
    int testSamples,
    String remarks) {

  /** Checks ranges. */
  public Score {
    if (testSamples < 1) {
      throw new IllegalArgumentException(
          "testSamples is " + testSamples + ": a score needs at least one");
    }
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException("value is " + value + ": an accuracy lies in [0, 1]");
    }
  }

  /**
   * The accuracy of {@code predicted}, the classes that a protocol found for the test samples.
   *
   * @param remarks what the protocol has to say beside; what the data has to say is added
   */
  public static Score of(
      String protocol, Features train, Features test, int[] predicted, List<String> remarks) {
    int right = 0;
    for (int i = 0; i < predicted.length; i++) {
      right += predicted[i] == test.labels().get(i) ? 1 : 0;
    }
    List<String> all = new ArrayList<>(remarks);
    all.addAll(remarks(train, test));
    return new Score(
        protocol,
        train.encoder(),
        train.samples() + " samples of " + train.data(),
        test.samples() + " samples of " + test.data(),
        OptionalLong.empty(),
        (double) right / predicted.length,
        predicted.length,
        String.join("; ", all));
  }

  private static List<String> remarks(Features train, Features test) {
    List<String> remarks = new ArrayList<>();
    if (train.labels().distinct() == 1) {
      remarks.add("all train samples are of one class, so there is nothing to tell apart");
    }
    int unknown = unknown(train.labels(), test.labels());
    if (unknown > 0) {
      remarks.add(unknown + " test samples are of classes that no train sample has");
    }
    if (!train.unreadable().isEmpty()) {
      remarks.add(train.unreadable().size() + " train items could not be read");
    }
    if (!test.unreadable().isEmpty()) {
      remarks.add(test.unreadable().size() + " test items could not be read");
    }
    return remarks;
  }

  private static int unknown(Labels train, Labels test) {
    boolean[] known = new boolean[Math.max(train.classes(), test.classes())];
    for (int i = 0; i < train.size(); i++) {
      known[train.get(i)] = true;
    }
    int unknown = 0;
    for (int i = 0; i < test.size(); i++) {
      unknown += known[test.get(i)] ? 0 : 1;
    }
    return unknown;
  }

  /** The same with the seed of the encoder's training. */
  public Score withSeed(long other) {
    return new Score(
        protocol, encoder, train, test, OptionalLong.of(other), value, testSamples, remarks);
  }

  /** The same with one more remark. */
  public Score withRemark(String remark) {
    String all = remarks.isEmpty() ? remark : remarks + "; " + remark;
    return new Score(protocol, encoder, train, test, seed, value, testSamples, all);
  }

  /**
   * The standard error of the value over other test sets of the same size. Two right and two wrong
   * samples are added before, so that all right of a few samples is not taken for certainty
   * (Agresti and Coull 1998, "Approximate is better than exact"); from some hundred samples on that
   * changes nothing.
   */
  public double standardError() {
    return standardError(value, testSamples);
  }

  /** The same of any accuracy {@code value} over {@code testSamples}. */
  public static double standardError(double value, int testSamples) {
    double samples = testSamples + 4.0;
    double share = (value * testSamples + 2) / samples;
    return Math.sqrt(share * (1 - share) / samples);
  }

  /** One line: value, protocol, encoder, data. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%.4f +- %.4f: %s; %s%s; train %s; test %s%s",
        value,
        standardError(),
        protocol,
        encoder,
        seed.isPresent() ? " (seed " + seed.getAsLong() + ")" : "",
        train,
        test,
        remarks.isEmpty() ? "" : "; " + remarks);
  }
}
