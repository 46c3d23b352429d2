package org.selfsup4j.eval.compare;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.selfsup4j.core.format.AtomicFile;
import org.selfsup4j.core.format.CorruptFileException;

/**
 * What the rows of one comparison have in common: with another of these they can't be compared.
 *
 * @param train what is trained on and what protocols learn from
 * @param test what is scored
 * @param minutes of training for each method
 * @param batch images of a step
 * @param threads that compute
 * @param seed of every random draw
 */
public record Setting(
    String train, String test, double minutes, int batch, int threads, long seed) {

  /** Checks the budget. */
  public Setting {
    Objects.requireNonNull(train, "train");
    Objects.requireNonNull(test, "test");
    if (!(minutes > 0) || Double.isInfinite(minutes)) {
      throw new IllegalArgumentException(
          "minutes is " + minutes + ": each method needs some time, for example 5");
    }
    if (batch < 1 || threads < 1) {
      throw new IllegalArgumentException(
          "batch is " + batch + " and threads is " + threads + ": both must be at least 1");
    }
  }

  /** What differs, one line each: {@code minutes: 5.0 there, 2.0 now}. */
  public List<String> differences(Setting now) {
    List<String> differences = new ArrayList<>();
    add(differences, "train", train, now.train);
    add(differences, "test", test, now.test);
    add(differences, "minutes", minutes, now.minutes);
    add(differences, "batch", batch, now.batch);
    add(differences, "threads", threads, now.threads);
    add(differences, "seed", seed, now.seed);
    return differences;
  }

  private static void add(List<String> differences, String name, Object there, Object now) {
    if (!there.equals(now)) {
      differences.add(name + ": " + there + " there, " + now + " now");
    }
  }

  /**
   * Refuses what belongs to another comparison.
   *
   * @param file that says {@code there}
   * @throws IllegalArgumentException listing the differences
   */
  void requireSame(Path file, Setting there) {
    List<String> differences = there.differences(this);
    if (!differences.isEmpty()) {
      throw new IllegalArgumentException(
          file
              + " belongs to another comparison ("
              + String.join("; ", differences)
              + "): its rows can't stand beside new ones. Choose another file, repeat what it was"
              + " made with, or start afresh");
    }
  }

  /**
   * Keeps this setting in {@code file} from the first time on, so that a training without a row yet
   * goes on under the same budget.
   *
   * @throws IllegalArgumentException if the file holds another setting
   * @throws CorruptFileException if it holds none
   */
  public void keepIn(Path file) {
    if (!Files.exists(file)) {
      AtomicFile.write(file, out -> out.write(Rows.MAPPER.writeValueAsBytes(this)));
      return;
    }
    try {
      requireSame(
          file, Rows.MAPPER.readValue(new String(Files.readAllBytes(file), UTF_8), Setting.class));
    } catch (JsonProcessingException e) {
      throw new CorruptFileException(
          file, "setting", "is damaged: delete its folder to start afresh", e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
