package org.selfsup4j.examples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.selfsup4j.benchmarks.EpochTiming;
import org.selfsup4j.benchmarks.GrowthTable;
import org.selfsup4j.benchmarks.LongRun;
import org.selfsup4j.benchmarks.TurnTiming;

/**
 * {@code selfsup bench --growth}: measures a workload at growing batches, over epochs and over many
 * steps.
 */
final class Growth {

  /** A transformer and a convolutional network. */
  static final List<String> USUAL = List.of("mae-vit-tiny-32", "rotation-resnet18-32");

  static final List<Integer> BATCHES = List.of(16, 32, 64, 128, 256);

  private static final int STEPS_TO_THE_PEAK = 2; // after those of warm-up; later ones take no more
  private static final int EPOCHS = 2;
  private static final int EPOCH_BATCH = 32;
  private static final int LONG_STEPS = 1000;
  private static final int LONG_BATCH = 2; // what leaks does so by calls, not by sizes

  private final ObjectMapper mapper = new ObjectMapper();
  private final Function<List<String>, String> bench;

  /**
   * Measures with {@code bench}.
   *
   * @param bench runs {@code selfsup bench} with these arguments and returns its line of JSON
   */
  Growth(Function<List<String>, String> bench) {
    this.bench = bench;
  }

  /**
   * Measures one workload: the speed of all batches in one process, in turn, since a machine's
   * speed drifts within minutes; the memory of each in a process of its own.
   *
   * @param steps timed at the largest batch, and as many images of the others
   * @param options for every measurement, such as the kernels
   */
  GrowthTable measure(String workload, int steps, List<String> options) {
    JsonNode speed = run(workload, "--batches", commas(BATCHES), options, "--steps", steps);
    List<Long> peaks =
        BATCHES.stream()
            .map(batch -> run(workload, batch, options, "--steps", STEPS_TO_THE_PEAK))
            .map(line -> line.required("peak_rss_mb").asLong())
            .toList();
    return GrowthTable.of(
        TurnTiming.of(speed),
        peaks,
        EpochTiming.of(run(workload, EPOCH_BATCH, options, "--epochs", EPOCHS)),
        LongRun.of(run(workload, LONG_BATCH, options, "--long", LONG_STEPS)));
  }

  /** The way in which {@code --batches} takes several. */
  static String commas(List<Integer> batches) {
    return batches.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  private JsonNode run(
      String workload, int batch, List<String> options, String measure, int length) {
    return run(workload, "--batch", Integer.toString(batch), options, measure, length);
  }

  private JsonNode run(
      String workload,
      String size,
      String images,
      List<String> options,
      String measure,
      int length) {
    List<String> arguments = new ArrayList<>(List.of("--workload", workload, size, images));
    arguments.addAll(List.of(measure, Integer.toString(length)));
    arguments.addAll(options);
    String line = bench.apply(arguments);
    try {
      return mapper.readTree(line);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("not a line of JSON: " + line, e);
    }
  }
}
