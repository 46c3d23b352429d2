package org.selfsup4j.core.kernel;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.selfsup4j.core.memory.Block;

/**
 * Kernels that note how long each operation takes and how many bytes its blocks hold: a breakdown
 * of a run that can be switched on for any of them.
 */
public final class TimedKernels {

  private final Kernels kernels;
  private final Map<String, long[]> totals = new TreeMap<>();

  /** Measures {@code inner}, which stays what computes. */
  public TimedKernels(Kernels inner) {
    this.kernels =
        (Kernels)
            Proxy.newProxyInstance(
                Kernels.class.getClassLoader(),
                new Class<?>[] {Kernels.class},
                (proxy, method, arguments) -> {
                  long start = System.nanoTime();
                  try {
                    return method.invoke(inner, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  } finally {
                    note(method.getName(), System.nanoTime() - start, arguments);
                  }
                });
  }

  /** The kernels to compute with. */
  public Kernels kernels() {
    return kernels;
  }

  /**
   * What one operation took.
   *
   * @param operation its name, with the function where there are several
   * @param calls how often
   * @param millis all calls together
   * @param bytes of all blocks of all calls
   */
  public record Line(String operation, long calls, double millis, long bytes) {}

  /** All operations, the longest first. */
  public List<Line> breakdown() {
    return totals.entrySet().stream()
        .map(
            entry ->
                new Line(
                    entry.getKey(),
                    entry.getValue()[0],
                    entry.getValue()[1] / 1e6,
                    entry.getValue()[2]))
        .sorted(Comparator.comparingDouble(Line::millis).reversed())
        .toList();
  }

  /** Forgets what was measured, for example after a warm-up. */
  public void reset() {
    totals.clear();
  }

  private void note(String method, long nanos, Object... arguments) {
    String operation = method;
    long bytes = 0;
    if (arguments != null) {
      if (arguments[0] instanceof Enum<?> function) {
        operation = method + " " + function;
      }
      for (Object argument : arguments) {
        if (argument instanceof Block block) {
          bytes += block.count() * block.type().bytes();
        }
      }
    }
    long[] total = totals.computeIfAbsent(operation, o -> new long[3]);
    total[0]++;
    total[1] += nanos;
    total[2] += bytes;
  }
}
