package org.selfsup4j.core.kernel;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts how often which implementation served which operation, so that no fallback is silent. Any
 * thread.
 */
public final class CallCounts {

  private final Map<String, Long> counts = new ConcurrentHashMap<>();

  /** Notes one call of {@code operation} served by {@code implementation}. */
  public void count(String operation, String implementation) {
    counts.merge(operation + " " + implementation, 1L, Long::sum);
  }

  /** Calls of {@code operation} whose implementation's name starts with {@code prefix}. */
  public long of(String operation, String prefix) {
    return counts.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(operation + " " + prefix))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** A copy of all counts, by "operation implementation". */
  public Map<String, Long> snapshot() {
    return Map.copyOf(counts);
  }
}
