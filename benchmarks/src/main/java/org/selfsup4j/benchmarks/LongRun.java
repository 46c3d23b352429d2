package org.selfsup4j.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.selfsup4j.core.kernel.Kernels;

/**
 * Many steps of one process: whether it holds more memory, or slows, the longer it runs.
 *
 * @param workload its name
 * @param images source images of a step
 * @param steps that were run
 * @param earlyMegabytes resident after step {@value #EARLY}
 * @param lateMegabytes resident after the last step
 * @param firstMillis median step of the first half, without the first {@value #EARLY}
 * @param secondMillis median step of the second half
 */
public record LongRun(
    String workload,
    int images,
    int steps,
    long earlyMegabytes,
    long lateMegabytes,
    double firstMillis,
    double secondMillis) {

  /** Steps until everything has been taken and compiled that one step needs. */
  static final int EARLY = 100;

  /** Runs {@code steps} steps. */
  public static <B> LongRun measure(Workload<B> workload, Kernels kernels, int steps) {
    if (steps < 4 * EARLY) {
      throw new IllegalArgumentException(
          "a long run of " + steps + " steps says nothing: take at least " + 4 * EARLY);
    }
    try (TimedSteps<B> run = new TimedSteps<>(workload, kernels, steps)) {
      run.run(EARLY);
      long early = ProcessMemory.residentMegabytes();
      int half = steps / 2;
      double first = Figures.median(run.run(half - EARLY));
      double second = Figures.median(run.run(steps - half));
      long late = ProcessMemory.residentMegabytes();
      return new LongRun(workload.name(), workload.images(), steps, early, late, first, second);
    }
  }

  /** The figures of a line that {@link #toJson} made. */
  public static LongRun of(JsonNode line) {
    return new LongRun(
        line.required("workload").asText(),
        line.required("images").asInt(),
        line.required("steps").asInt(),
        line.required("rss_mb_step_" + EARLY).asLong(),
        line.required("rss_mb_end").asLong(),
        line.required("first_half_step_ms").asDouble(),
        line.required("second_half_step_ms").asDouble());
  }

  /** One line of JSON. */
  public String toJson() {
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.put("workload", workload).put("images", images).put("steps", steps);
    line.put("rss_mb_step_" + EARLY, earlyMegabytes).put("rss_mb_end", lateMegabytes);
    line.put("first_half_step_ms", Figures.round(firstMillis, 2));
    line.put("second_half_step_ms", Figures.round(secondMillis, 2));
    return line.toString();
  }
}
