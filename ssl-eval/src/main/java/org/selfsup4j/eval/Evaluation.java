package org.selfsup4j.eval;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.data.Split;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.module.MismatchedWeightsException;
import org.selfsup4j.core.train.EncoderFile;
import org.selfsup4j.eval.features.Extraction;
import org.selfsup4j.eval.features.Features;
import org.selfsup4j.eval.knn.WeightedKnn;
import org.selfsup4j.eval.linear.LinearProbe;
import org.selfsup4j.eval.report.Comparison;
import org.selfsup4j.eval.report.Score;

/**
 * Says how good an encoder's features are, beside those of the same encoder untrained and the raw
 * pixels: without these two a number cannot be judged.
 *
 * <pre>{@code
 * Split<Image> split = Split.everyNth(EmbeddedDigits.load(), 5);
 * Comparison comparison =
 *     Evaluation.of(split, Extraction.of(Resize.of(32), Normalize.symmetric(3)))
 *         .compare(untrained, pretrained, kernels);
 * log.info("{}", comparison);
 * }</pre>
 *
 * @param train labelled images that protocols learn from
 * @param test labelled images that are scored; none of them is in {@code train}
 * @param extraction how features are taken
 * @param knn nearest-neighbour protocols; with fewer training samples than neighbours all of them
 *     vote, and the score says so
 * @param linear linear probes
 * @param seed of the pretraining, for the record
 */
public record Evaluation(
    Source<Image> train,
    Source<Image> test,
    Extraction extraction,
    List<WeightedKnn> knn,
    List<LinearProbe> linear,
    OptionalLong seed) {

  /**
   * Checks that there is something to do and that no test image is a training image.
   *
   * @throws IllegalArgumentException naming the first image that is both, where that can be told
   *     from {@link Source#origin}
   */
  public Evaluation {
    knn = List.copyOf(knn);
    linear = List.copyOf(linear);
    if (knn.isEmpty() && linear.isEmpty()) {
      throw new IllegalArgumentException("knn and linear are both empty: give one protocol");
    }
    requireDisjoint(train, test);
  }

  /** kNN with k = 20 and k = 200, and the standard linear probe. */
  public static Evaluation of(Source<Image> train, Source<Image> test, Extraction extraction) {
    return new Evaluation(
        train,
        test,
        extraction,
        List.of(WeightedKnn.nearest20(), WeightedKnn.nearest200()),
        List.of(LinearProbe.standard()),
        OptionalLong.empty());
  }

  /** The same on the two parts of a split. */
  public static Evaluation of(Split<Image> split, Extraction extraction) {
    return of(split.train(), split.test(), extraction);
  }

  /** The same with other nearest-neighbour protocols; none leaves them out. */
  public Evaluation withKnn(WeightedKnn... others) {
    return new Evaluation(train, test, extraction, List.of(others), linear, seed);
  }

  /** The same with other linear probes; none leaves them out. */
  public Evaluation withLinear(LinearProbe... others) {
    return new Evaluation(train, test, extraction, knn, List.of(others), seed);
  }

  /** The same with the seed of the pretraining. */
  public Evaluation withSeed(long other) {
    return new Evaluation(train, test, extraction, knn, linear, OptionalLong.of(other));
  }

  /**
   * Rows {@code raw_pixels}, {@code untrained} and {@code pretrained}.
   *
   * @param untrained of the same architecture, best made from the seed that the pretraining began
   *     with
   * @param pretrained with its weights loaded
   * @throws IllegalArgumentException if the two differ in architecture or have equal weights, or as
   *     {@link Features#extract}
   */
  public Comparison compare(ImageEncoder untrained, ImageEncoder pretrained, Kernels kernels) {
    return compare(pretrained.getClass().getSimpleName(), untrained, pretrained, kernels);
  }

  /**
   * The same for weights in a file of our own: {@code make} is called twice, and the weights go
   * into the second encoder. The scores say where the file says that it comes from, and its seed
   * where this evaluation has none.
   *
   * @param make an encoder of the file's architecture, always with the same weights
   * @param weights written by a pretraining
   * @throws MismatchedWeightsException if names are missing, unexpected or of another shape; then
   *     nothing is scored
   * @throws org.selfsup4j.core.format.CorruptFileException if the file is damaged
   */
  public <E extends ImageEncoder> Comparison compare(
      Supplier<E> make, Path weights, Kernels kernels) {
    E pretrained = make.get();
    Map<String, String> header = EncoderFile.load(weights, pretrained);
    String seedOfFile = header.getOrDefault("seed", "");
    Evaluation known =
        seed.isEmpty() && seedOfFile.matches("-?\\d{1,18}")
            ? withSeed(Long.parseLong(seedOfFile))
            : this;
    String name =
        pretrained.getClass().getSimpleName()
            + (header.containsKey("task")
                ? " (" + header.get("task") + ", " + header.get("steps") + " steps)"
                : " (" + weights.getFileName() + ")");
    return known.compare(name, make.get(), pretrained, kernels);
  }

  /**
   * The same for weights from elsewhere: {@code load} puts them into an encoder. If it throws, as
   * loading does for weights that are missing, unexpected or of another shape, nothing is scored.
   */
  public <E extends ImageEncoder> Comparison compare(
      Supplier<E> make, Consumer<? super E> load, Kernels kernels) {
    E pretrained = make.get();
    load.accept(pretrained);
    return compare(make.get(), pretrained, kernels);
  }

  private Comparison compare(
      String name, ImageEncoder untrained, ImageEncoder pretrained, Kernels kernels) {
    EncoderPair.requireTrained(untrained, pretrained);
    return table(
        pixels(kernels),
        row("untrained", "untrained " + untrained.getClass().getSimpleName(), untrained, kernels),
        row("pretrained", "pretrained " + name, pretrained, kernels));
  }

  /** One encoder alone. */
  public Comparison.Row row(
      String name, String encoderName, ImageEncoder encoder, Kernels kernels) {
    return row(
        name,
        Features.extract(encoder, encoderName, train, extraction, kernels),
        Features.extract(encoder, encoderName, test, extraction, kernels),
        seed,
        kernels);
  }

  /** The raw pixels as features: row {@code raw_pixels}. */
  public Comparison.Row pixels(Kernels kernels) {
    return row(
        "raw_pixels",
        Features.pixels(train, extraction),
        Features.pixels(test, extraction),
        OptionalLong.empty(),
        kernels);
  }

  /** Rows that this evaluation made, as a table. */
  public Comparison table(Comparison.Row... rows) {
    return new Comparison(columns(), List.of(rows));
  }

  private Comparison.Row row(
      String name, Features train, Features test, OptionalLong seed, Kernels kernels) {
    List<Score> scores = new ArrayList<>();
    for (WeightedKnn protocol : knn) {
      scores.add(score(protocol, train, test, kernels));
    }
    for (LinearProbe protocol : linear) {
      scores.add(protocol.score(train, test, kernels));
    }
    return new Comparison.Row(
        name,
        scores.stream()
            .map(score -> seed.isPresent() ? score.withSeed(seed.getAsLong()) : score)
            .toList());
  }

  private static Score score(WeightedKnn asked, Features train, Features test, Kernels kernels) {
    if (asked.neighbours() <= train.samples()) {
      return asked.score(train, test, kernels);
    }
    return new WeightedKnn(train.samples(), asked.temperature())
        .score(train, test, kernels)
        .withRemark(
            "k="
                + asked.neighbours()
                + " was asked for, but there are only "
                + train.samples()
                + " training samples");
  }

  /** {@code knn} and {@code linear} for the first of each, others with what sets them apart. */
  private List<String> columns() {
    Set<String> columns = new LinkedHashSet<>();
    for (WeightedKnn protocol : knn) {
      String name = columns.isEmpty() ? "knn" : "knn_" + protocol.neighbours();
      add(columns, name, "_T" + protocol.temperature());
    }
    for (LinearProbe protocol : linear) {
      add(columns, "linear", "_" + protocol.strengths());
    }
    return List.copyOf(columns);
  }

  private static void add(Set<String> columns, String name, String otherwise) {
    if (!columns.add(name) && !columns.add(name + otherwise)) {
      throw new IllegalArgumentException("the protocol " + name + otherwise + " is there twice");
    }
  }

  private static void requireDisjoint(Source<Image> train, Source<Image> test) {
    Set<Object> known = new HashSet<>();
    for (long i = 0; i < train.size(); i++) {
      known.add(train.origin(i));
    }
    long both = 0;
    long first = -1;
    for (long i = 0; i < test.size(); i++) {
      if (known.contains(test.origin(i))) {
        first = both++ == 0 ? i : first;
      }
    }
    if (both > 0) {
      throw new IllegalArgumentException(
          both
              + " of "
              + test.size()
              + " test images are training images too, the first is "
              + test.name(first)
              + ": a score on them says nothing; divide one source with Split.everyNth");
    }
  }
}
