package org.selfsup4j.core.memory;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The unused ranges of a run of elements: best fit, the lowest address among equals, neighbours
 * joined when a range comes back. The order of calls alone decides the places.
 */
final class FreeList {

  private final long capacity;
  private final NavigableMap<Long, Long> sizeByStart = new TreeMap<>();

  FreeList(long capacity) {
    this.capacity = capacity;
    clear();
  }

  /** Makes everything free. */
  void clear() {
    sizeByStart.clear();
    sizeByStart.put(0L, capacity);
  }

  /** The size of the smallest free range that holds {@code size}; -1 if there is none. */
  long smallestFor(long size) {
    long smallest = Long.MAX_VALUE;
    for (long free : sizeByStart.values()) {
      if (free >= size && free < smallest) {
        smallest = free;
      }
    }
    return smallest == Long.MAX_VALUE ? -1 : smallest;
  }

  /** Takes the start of the smallest free range that holds {@code size}. */
  long take(long size) {
    long start = -1;
    long smallest = Long.MAX_VALUE;
    for (Map.Entry<Long, Long> range : sizeByStart.entrySet()) {
      if (range.getValue() >= size && range.getValue() < smallest) {
        start = range.getKey();
        smallest = range.getValue();
      }
    }
    if (start < 0) {
      throw new IllegalStateException("no free range of " + size + " elements");
    }
    sizeByStart.remove(start);
    if (smallest > size) {
      sizeByStart.put(start + size, smallest - size);
    }
    return start;
  }

  /** Makes {@code [start, start + size)} free again. */
  void give(long start, long size) {
    Map.Entry<Long, Long> before = sizeByStart.floorEntry(start);
    Map.Entry<Long, Long> after = sizeByStart.ceilingEntry(start);
    if ((before != null && before.getKey() + before.getValue() > start)
        || (after != null && start + size > after.getKey())) {
      throw new IllegalStateException("the range at " + start + " was given back twice");
    }
    if (after != null && start + size == after.getKey()) {
      sizeByStart.remove(after.getKey());
      size += after.getValue();
    }
    if (before != null && before.getKey() + before.getValue() == start) {
      sizeByStart.put(before.getKey(), before.getValue() + size);
    } else {
      sizeByStart.put(start, size);
    }
  }
}
