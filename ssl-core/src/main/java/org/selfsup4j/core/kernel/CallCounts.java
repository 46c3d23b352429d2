package org.selfsup4j.core.kernel;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts how often which implementation served which operation, so that no fallback is silent. Any
 * thread.
 */
public final class CallCounts {

  private final Map<String, Map<String, LongAdder>> counts = new ConcurrentHashMap<>();

  /** Notes one call of {@code operation} served by {@code implementation}. */
  public void count(String operation, String implementation) {
    Map<String, LongAdder> served = counts.get(operation); // computeIfAbsent alone may lock
    LongAdder calls = served == null ? null : served.get(implementation);
    if (calls == null) {
      calls =
          counts
              .computeIfAbsent(operation, name -> new ConcurrentHashMap<>())
              .computeIfAbsent(implementation, name -> new LongAdder());
    }
    calls.increment();
  }

  /** Calls of {@code operation} whose implementation's name starts with {@code prefix}. */
  public long of(String operation, String prefix) {
    return counts.getOrDefault(operation, Map.of()).entrySet().stream()
        .filter(served -> served.getKey().startsWith(prefix))
        .mapToLong(served -> served.getValue().sum())
        .sum();
  }

  /** A copy of all counts, by "operation implementation". */
  public Map<String, Long> snapshot() {
    Map<String, Long> all = new HashMap<>();
    counts.forEach(
        (operation, served) ->
            served.forEach((name, calls) -> all.put(operation + " " + name, calls.sum())));
    return Map.copyOf(all);
  }
}
