package org.selfsup4j.core.train;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.kernel.TimedKernels;
import org.selfsup4j.core.memory.ElementType;

/**
 * Times the steps of a run and each operation in them. The first {@value #WARM_UP} steps, in which
 * memory is taken and kernels are made, are left out, and so is what is computed outside of steps.
 *
 * <pre>{@code
 * StepClock clock = new StepClock(kernels, TimedKernels.Detail.OPERATIONS);
 * try (StepRunner<B> runner = new StepRunner<>(task, plan, clock.kernels(), steps)) {
 *   for (...) {
 *     clock.begin();
 *     runner.run(...);
 *     clock.end();
 *   }
 * }
 * clock.breakdown().ifPresent(breakdown -> ...);
 * }</pre>
 */
public final class StepClock {

  /** Steps that are not counted. */
  public static final int WARM_UP = 2;

  private final Kernels inner;
  private final TimedKernels timed;
  private final Map<String, Long> servedBefore = new TreeMap<>();
  private long steps;
  private long began;
  private long ended;
  private long inside;
  private long between;

  /** Watches what {@code kernels} compute. */
  public StepClock(Kernels kernels, TimedKernels.Detail detail) {
    this.inner = kernels;
    this.timed = new TimedKernels(kernels, detail);
    timed.setRecording(false);
  }

  /** The kernels that the steps must compute with. */
  public Kernels kernels() {
    return timed.kernels();
  }

  /** A step begins. */
  public void begin() {
    if (steps == WARM_UP) {
      servedBefore.putAll(inner.calls().snapshot());
    }
    timed.setRecording(steps >= WARM_UP);
    began = System.nanoTime();
    if (steps > WARM_UP) {
      between += began - ended;
    }
  }

  /** The step has ended. */
  public void end() {
    ended = System.nanoTime();
    timed.setRecording(false);
    if (steps >= WARM_UP) {
      inside += ended - began;
    }
    steps++;
  }

  /**
   * Where the time went; measures the machine's peak, so it is best asked for when the memory of
   * the steps is given back. Empty where no step came after the warm-up.
   */
  public Optional<Breakdown> breakdown() {
    if (steps <= WARM_UP) {
      return Optional.empty();
    }
    Set<ElementType> types =
        timed.breakdown().stream()
            .filter(line -> line.gflop() > 0)
            .map(TimedKernels.Line::type)
            .collect(Collectors.toSet());
    Map<String, Long> served = served(); // before the peak is measured with the same kernels
    return Optional.of(
        new Breakdown(
            inner.name(),
            inner.threads(),
            steps - WARM_UP,
            inside / 1e6,
            between / 1e6,
            PeakRates.measure(inner, types),
            timed.breakdown(),
            served));
  }

  /** Calls since the warm-up by the implementation that served them. */
  private Map<String, Long> served() {
    Map<String, Long> served = new TreeMap<>();
    inner
        .calls()
        .snapshot()
        .forEach((name, count) -> served.put(name, count - servedBefore.getOrDefault(name, 0L)));
    served.values().removeIf(count -> count == 0);
    return served;
  }
}
