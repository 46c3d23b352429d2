package org.selfsup4j.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.tensor.Precision;
import org.selfsup4j.core.train.StepClock;

/**
 * What the step of a workload took at several batches that had their turns in one process. A
 * machine's speed drifts by more within minutes than the batches differ by: so they share each
 * minute, and the state of Java's compiler.
 *
 * @param workload its name
 * @param kernels the set that computed it
 * @param precision what it was really computed in
 * @param threads of a kernel call
 * @param rows one for each batch, in the order in which they were asked for
 */
public record TurnTiming(
    String workload, String kernels, Precision precision, int threads, List<Row> rows) {

  /** Copies what could change. */
  public TurnTiming {
    rows = List.copyOf(rows);
  }

  /**
   * One batch.
   *
   * @param images source images of a step
   * @param stepMillis median over all its timed steps
   */
  public record Row(int images, double stepMillis) {}

  /**
   * Runs two steps of warm-up of each batch, then {@code steps} rounds: in each of them the largest
   * batch takes one step and every other as many as it needs for as many images.
   *
   * @param workloads the same workload at different batches, in one precision
   * @throws IllegalArgumentException if there is no workload or no step
   */
  public static TurnTiming measure(List<Workload<?>> workloads, Kernels kernels, int steps) {
    if (workloads.isEmpty()) {
      throw new IllegalArgumentException("no batches to measure in turn: name at least one");
    }
    if (steps < 1) {
      throw new IllegalArgumentException("steps is " + steps + ": it must be at least 1");
    }
    int largest = workloads.stream().mapToInt(Workload::images).max().orElseThrow();
    List<Lane> lanes = new ArrayList<>();
    try {
      for (Workload<?> workload : workloads) {
        int turn = (largest + workload.images() - 1) / workload.images();
        long all = StepClock.WARM_UP + (long) turn * steps;
        lanes.add(new Lane(new TimedSteps<>(workload, kernels, all), turn, new ArrayList<>()));
      }
      lanes.forEach(lane -> lane.steps.run(StepClock.WARM_UP));
      IntStream.range(0, steps).forEach(round -> lanes.forEach(Lane::takeTurn));
      return new TurnTiming(
          workloads.get(0).name(),
          kernels.name(),
          lanes.get(0).steps.precision(),
          kernels.threads(),
          lanes.stream().map(Lane::row).toList());
    } finally {
      lanes.forEach(lane -> lane.steps.close());
    }
  }

  /** One batch: how many steps it takes at its turn, and their times so far. */
  private record Lane(TimedSteps<?> steps, int turn, List<Double> millis) {

    void takeTurn() {
      for (double taken : steps.run(turn)) {
        millis.add(taken);
      }
    }

    Row row() {
      double[] all = millis.stream().mapToDouble(Double::doubleValue).toArray();
      return new Row(steps.images(), Figures.median(all));
    }
  }

  /** The figures of a line that {@link #toJson} made. */
  public static TurnTiming of(JsonNode line) {
    List<Row> rows = new ArrayList<>();
    line.required("batches")
        .forEach(
            row ->
                rows.add(
                    new Row(row.required("images").asInt(), row.required("step_ms").asDouble())));
    return new TurnTiming(
        line.required("workload").asText(),
        line.required("kernels").asText(),
        Precision.valueOf(line.required("precision").asText().toUpperCase(Locale.ROOT)),
        line.required("threads").asInt(),
        rows);
  }

  /** One line of JSON. */
  public String toJson() {
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.put("workload", workload).put("kernels", kernels);
    line.put("precision", precision.toString()).put("threads", threads);
    ArrayNode batches = line.putArray("batches");
    for (Row row : rows) {
      ObjectNode each = batches.addObject().put("images", row.images);
      each.put("images_per_second", Figures.round(row.images / row.stepMillis * 1000, 2));
      each.put("step_ms", Figures.round(row.stepMillis, 2));
    }
    return line.toString();
  }
}
