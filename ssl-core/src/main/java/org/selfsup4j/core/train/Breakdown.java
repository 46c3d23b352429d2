package org.selfsup4j.core.train;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.selfsup4j.core.kernel.TimedKernels;

/**
 * Where the time of a run's steps went: each kind of operation with its calls, bytes and counted
 * operations, and the floor beside the measured step. The floor is the operations of products and
 * convolutions at the speed of one large product: what a step takes that wastes nothing.
 *
 * @param kernels the set that computed
 * @param threads of a call
 * @param steps that were measured
 * @param stepMillis inside all steps together
 * @param betweenMillis between the steps: batches, logs, checkpoints
 * @param peak of the machine
 * @param lines by kind of operation, the longest first
 * @param served calls by the implementation that served them; outside of steps, too
 */
public record Breakdown(
    String kernels,
    int threads,
    long steps,
    double stepMillis,
    double betweenMillis,
    PeakRates peak,
    List<TimedKernels.Line> lines,
    Map<String, Long> served) {

  /** System property that switches the breakdown of every run on: see {@link #detail}. */
  public static final String PROPERTY = "selfsup.breakdown";

  /** Copies what could change. */
  public Breakdown {
    if (steps < 1) {
      throw new IllegalArgumentException("steps is " + steps + ": it must be at least 1");
    }
    lines = List.copyOf(lines);
    served = new TreeMap<>(served);
  }

  /**
   * What a user's word asks for: {@code true} or {@code operations}, or {@code shapes}; no word and
   * {@code false} for no breakdown.
   *
   * @throws IllegalArgumentException for any other word
   */
  public static Optional<TimedKernels.Detail> detail(String word) {
    return switch (word == null ? "" : word.strip().toLowerCase(Locale.ROOT)) {
      case "", "false" -> Optional.empty();
      case "true", "operations" -> Optional.of(TimedKernels.Detail.OPERATIONS);
      case "shapes" -> Optional.of(TimedKernels.Detail.SHAPES);
      default ->
          throw new IllegalArgumentException(
              "breakdown is '" + word + "': choose operations or shapes");
    };
  }

  /** Milliseconds of a step. */
  public double millis() {
    return stepMillis / steps;
  }

  /** Milliseconds that the products and convolutions of a step would take at the peak. */
  public double floorMillis() {
    return lines.stream()
            .filter(line -> line.gflop() > 0)
            .mapToDouble(line -> line.gflop() / peak.gflopPerSecond().get(line.type()) * 1000)
            .sum()
        / steps;
  }

  /** Thousand million operations of products and convolutions of a step. */
  public double gflop() {
    return lines.stream().mapToDouble(TimedKernels.Line::gflop).sum() / steps;
  }

  /** Milliseconds of a step in products and convolutions. */
  public double productMillis() {
    return millis(true);
  }

  /** Milliseconds of a step in all other operations. */
  public double otherMillis() {
    return millis(false);
  }

  /** Milliseconds that the other operations of a step would take at the speed of a copy. */
  public double otherFloorMillis() {
    return otherMegabytes() / peak.gigabytesPerSecond();
  }

  /** Million bytes that the other operations of a step read and write. */
  public double otherMegabytes() {
    return lines.stream()
            .filter(line -> line.gflop() == 0)
            .mapToLong(TimedKernels.Line::bytes)
            .sum()
        / 1e6
        / steps;
  }

  /** Milliseconds of a step outside of the kernels. */
  public double outsideMillis() {
    return millis() - productMillis() - otherMillis();
  }

  private double millis(boolean products) {
    return lines.stream()
            .filter(line -> (line.gflop() > 0) == products)
            .mapToDouble(TimedKernels.Line::millis)
            .sum()
        / steps;
  }

  /** As a text with a summary and a table; see {@code docs/performance.md}. */
  public String toText() {
    return BreakdownText.of(this);
  }

  /** The same as JSON; figures are those of one step. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("kernels", kernels).put("threads", threads).put("steps", steps);
    json.put("floor_ms", floorMillis()).put("step_ms", millis());
    json.put("products_ms", productMillis()).put("others_ms", otherMillis());
    json.put("others_at_copy_ms", otherFloorMillis()).put("outside_kernels_ms", outsideMillis());
    json.put("between_steps_ms", betweenMillis / steps).put("gflop", gflop());
    ObjectNode peaks = json.putObject("peak");
    peak.gflopPerSecond()
        .forEach(
            (type, rate) ->
                peaks.put(type.name().toLowerCase(Locale.ROOT) + "_gflop_per_second", rate));
    peaks.put("copy_gb_per_second", peak.gigabytesPerSecond());
    ArrayNode operations = json.putArray("operations");
    lines.forEach(line -> operations.add(toJson(line)));
    ObjectNode implementations = json.putObject("served");
    served.forEach(implementations::put);
    return json;
  }

  private ObjectNode toJson(TimedKernels.Line line) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("operation", line.operation()).put("type", line.type().name());
    if (!line.shapes().isEmpty()) {
      json.put("shapes", line.shapes());
    }
    json.put("calls", line.calls() / (double) steps).put("ms", line.millis() / steps);
    json.put("share", line.millis() / stepMillis);
    json.put("mb", line.bytes() / 1e6 / steps);
    json.put("gb_per_second", line.bytes() / 1e6 / line.millis());
    if (line.gflop() > 0) {
      json.put("gflop", line.gflop() / steps);
      json.put("gflop_per_second", line.gflop() / line.millis() * 1000);
    }
    return json;
  }
}
