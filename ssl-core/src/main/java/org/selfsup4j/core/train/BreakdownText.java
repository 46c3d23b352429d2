package org.selfsup4j.core.train;

import java.util.Locale;
import java.util.stream.Collectors;
import org.selfsup4j.core.kernel.TimedKernels;

/** A {@link Breakdown} for the eye: the floor beside the measured step, then every operation. */
final class BreakdownText {

  private static final String SUMMARY = "%-28s %9.1f   %s%n";

  private final StringBuilder text = new StringBuilder();
  private final Breakdown breakdown;

  private BreakdownText(Breakdown breakdown) {
    this.breakdown = breakdown;
  }

  static String of(Breakdown breakdown) {
    BreakdownText writer = new BreakdownText(breakdown);
    writer.summary();
    writer.operations();
    writer.served();
    return writer.text.toString();
  }

  private void summary() {
    line(
        "%d steps after %d of warm-up: %s, %d threads%n",
        breakdown.steps(), StepClock.WARM_UP, breakdown.kernels(), breakdown.threads());
    String products =
        breakdown.peak().gflopPerSecond().entrySet().stream()
            .map(
                peak ->
                    String.format(
                        Locale.ROOT,
                        "%.0f GFLOP/s %s (a product of side %d), ",
                        peak.getValue(),
                        peak.getKey().name().toLowerCase(Locale.ROOT),
                        PeakRates.SIDE))
            .collect(Collectors.joining());
    line(
        "peak: %s%.1f GB/s (a copy of %d MB)%n%n",
        products, breakdown.peak().gigabytesPerSecond(), PeakRates.COPIED >> 20);

    double floor = breakdown.floorMillis();
    double measured = breakdown.millis();
    line("%28s %9s%n", "", "ms a step");
    line(SUMMARY, "floor", floor, format("%.1f GFLOP at the peak", breakdown.gflop()));
    line(
        SUMMARY, "measured", measured, format("the floor is %.0f%% of it", floor / measured * 100));
    line(
        SUMMARY,
        "  products, convolutions",
        breakdown.productMillis(),
        format("%.1f above the floor", breakdown.productMillis() - floor));
    line(
        SUMMARY,
        "  other operations",
        breakdown.otherMillis(),
        format(
            "%.0f MB, %.1f ms at the speed of a copy",
            breakdown.otherMegabytes(), breakdown.otherFloorMillis()));
    line(SUMMARY, "  outside the kernels", breakdown.outsideMillis(), "Java: tape, memory, task");
    line(
        SUMMARY,
        "between the steps",
        breakdown.betweenMillis() / breakdown.steps(),
        "batches, logs, checkpoints");
  }

  private void operations() {
    line(
        "%n%9s %6s %8s %9s %7s %8s %8s  %s%n",
        "ms/step", "share", "calls", "MB", "GB/s", "GFLOP", "GFLOP/s", "operation");
    for (TimedKernels.Line each : breakdown.lines()) {
      double steps = breakdown.steps();
      boolean counted = each.gflop() > 0;
      line(
          "%9.3f %5.1f%% %8.1f %9.2f %7.1f %8s %8s  %s %s %s",
          each.millis() / steps,
          each.millis() / breakdown.stepMillis() * 100,
          each.calls() / steps,
          each.bytes() / 1e6 / steps,
          each.bytes() / 1e6 / each.millis(),
          counted ? format("%.2f", each.gflop() / steps) : "",
          counted ? format("%.0f", each.gflop() / each.millis() * 1000) : "",
          each.operation(),
          each.type().name().toLowerCase(Locale.ROOT),
          each.shapes());
      while (text.charAt(text.length() - 1) == ' ') {
        text.setLength(text.length() - 1);
      }
      line("%n");
    }
  }

  private void served() {
    line("%ncalls in all steps, by the implementation that served them%n");
    breakdown.served().forEach((name, count) -> line("%9d  %s%n", count, name));
  }

  private void line(String format, Object... values) {
    text.append(format(format, values));
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
