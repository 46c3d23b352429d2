package org.selfsup4j.eval.compare;

import java.util.Objects;

/**
 * One method and all that is needed to read its numbers; accuracies are in [0, 1].
 *
 * @param task the method
 * @param knn accuracy of the neighbours, k = 20
 * @param linear accuracy of a linear probe
 * @param untrainedKnn the same of the encoder as it was before training
 * @param untrainedLinear the same
 * @param rawKnn the same of the pixels
 * @param finetuned accuracy after fine-tuning on a part of the labels; null where it was not asked
 * @param untrainedFinetuned the same from the encoder as it was before training
 * @param seconds of training
 * @param images that were seen in it, repetitions counted
 * @param encoder what was trained
 * @param weightsHash of the encoder before training
 * @param testSamples how many were scored
 * @param train as in {@link Setting}, like the next five
 * @param test as there
 * @param minutes as there
 * @param batch as there
 * @param threads as there
 * @param seed as there
 * @param command that made this row
 */
public record Row(
    String task,
    double knn,
    double linear,
    double untrainedKnn,
    double untrainedLinear,
    double rawKnn,
    Double finetuned,
    Double untrainedFinetuned,
    double seconds,
    long images,
    String encoder,
    String weightsHash,
    int testSamples,
    String train,
    String test,
    double minutes,
    int batch,
    int threads,
    long seed,
    String command) {

  /** Checks that nothing is missing and that accuracies are such. */
  public Row {
    Objects.requireNonNull(task, "task");
    Objects.requireNonNull(encoder, "encoder");
    Objects.requireNonNull(weightsHash, "weights_hash");
    Objects.requireNonNull(command, "command");
    requireAccuracy("knn", knn);
    requireAccuracy("linear", linear);
    requireAccuracy("untrained_knn", untrainedKnn);
    requireAccuracy("untrained_linear", untrainedLinear);
    requireAccuracy("raw_knn", rawKnn);
    if ((finetuned == null) != (untrainedFinetuned == null)) {
      throw new IllegalArgumentException(
          "finetuned is " + finetuned + " beside " + untrainedFinetuned + ": both or none");
    }
    if (finetuned != null) {
      requireAccuracy("finetuned", finetuned);
      requireAccuracy("untrained_finetuned", untrainedFinetuned);
    }
    if (testSamples < 1) {
      throw new IllegalArgumentException("test_samples is " + testSamples);
    }
  }

  private static void requireAccuracy(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " is " + value + ": it must be in [0, 1]");
    }
  }

  /** What this row shares with all others. */
  Setting sharedSetting() {
    return new Setting(train, test, minutes, batch, threads, seed);
  }
}
