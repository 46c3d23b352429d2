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

  /** The size of the largest free range: most lists of a busy arena are full, and asked in vain. */
  private long largest;

  FreeList(long capacity) {
    this.capacity = capacity;
    clear();
  }

  /** Makes everything free. */
  void clear() {
    sizeByStart.clear();
    sizeByStart.put(0L, capacity);
    largest = capacity;
  }

  /** The size of the smallest free range that holds {@code size}; -1 if there is none. */
  long smallestFor(long size) {
    if (size > largest) {
      return -1;
    }
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
    if (smallest == largest) {
      largest = 0;
      for (long free : sizeByStart.values()) {
        largest = Math.max(largest, free);
      }
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
      start = before.getKey();
      size += before.getValue();
    }
    sizeByStart.put(start, size);
    largest = Math.max(largest, size);
  }
}
