package org.selfsup4j.examples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.selfsup4j.benchmarks.EpochTiming;
import org.selfsup4j.benchmarks.GrowthTable;
import org.selfsup4j.benchmarks.LongRun;

/**
 * {@code selfsup bench --growth}: measures a workload at growing batches, over epochs and over many
 * steps.
 */
final class Growth {

  private static final int LARGEST = 256;

  /** A transformer and a convolutional network. */
  static final List<String> USUAL = List.of("mae-vit-tiny-32", "rotation-resnet18-32");

  static final List<Integer> BATCHES = List.of(16, 32, 64, 128, LARGEST);

  /** A machine's speed drifts within minutes: all batches are measured in turn, so many times. */
  static final int ROUNDS = 3;

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
   * Measures one workload, each batch for as many images, so that small batches are not measured
   * while Java's compiler is still at work. Of the rounds, each batch keeps the one with the median
   * time.
   *
   * @param steps timed at the largest batch
   * @param options for every measurement, such as the kernels
   */
  GrowthTable measure(String workload, int steps, List<String> options) {
    List<List<JsonNode>> lines = new ArrayList<>();
    BATCHES.forEach(batch -> lines.add(new ArrayList<>()));
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < BATCHES.size(); i++) {
        int batch = BATCHES.get(i);
        lines.get(i).add(run(workload, batch, options, "--steps", steps * LARGEST / batch));
      }
    }
    JsonNode line = lines.get(0).get(0);
    String setting =
        String.format(
            "%s (%s, %s, %d threads)",
            workload,
            line.required("kernels").asText(),
            line.required("precision").asText(),
            line.required("threads").asInt());
    return new GrowthTable(
        setting,
        lines.stream().map(Growth::median).toList(),
        EpochTiming.of(run(workload, EPOCH_BATCH, options, "--epochs", EPOCHS)),
        LongRun.of(run(workload, LONG_BATCH, options, "--long", LONG_STEPS)));
  }

  private static GrowthTable.Row median(List<JsonNode> rounds) {
    return rounds.stream()
        .map(GrowthTable.Row::of)
        .sorted(Comparator.comparingDouble(GrowthTable.Row::stepMillis))
        .toList()
        .get(rounds.size() / 2);
  }

  private JsonNode run(
      String workload, int batch, List<String> options, String measure, int length) {
    List<String> arguments = new ArrayList<>(List.of("--workload", workload));
    arguments.addAll(List.of("--batch", Integer.toString(batch)));
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
