package org.selfsup4j.core.data;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The items of a source that could not be read: each is written to the log once. Many threads. */
final class Unreadables {

  private static final Logger LOG = LoggerFactory.getLogger(Loader.class);

  private final Map<String, String> reasons = new ConcurrentSkipListMap<>();

  void report(UnreadableException e) {
    if (reasons.putIfAbsent(e.name(), e.getMessage()) == null) {
      LOG.warn("{}; the next readable item stands in for it", e.getMessage());
    }
  }

  /** Their names in alphabetical order. */
  List<String> names() {
    return List.copyOf(reasons.keySet());
  }
}
