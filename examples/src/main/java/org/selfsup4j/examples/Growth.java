package org.selfsup4j.examples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
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
   * while Java's compiler is still at work.
   *
   * @param steps timed at the largest batch
   * @param options for every measurement, such as the kernels
   */
  GrowthTable measure(String workload, int steps, List<String> options) {
    List<GrowthTable.Row> rows = new ArrayList<>();
    JsonNode line = null;
    for (int batch : BATCHES) {
      line = run(workload, batch, options, "--steps", steps * LARGEST / batch);
      rows.add(GrowthTable.Row.of(line));
    }
    String setting =
        String.format(
            "%s (%s, %s, %d threads)",
            workload,
            line.required("kernels").asText(),
            line.required("precision").asText(),
            line.required("threads").asInt());
    return new GrowthTable(
        setting,
        rows,
        EpochTiming.of(run(workload, EPOCH_BATCH, options, "--epochs", EPOCHS)),
        LongRun.of(run(workload, LONG_BATCH, options, "--long", LONG_STEPS)));
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
