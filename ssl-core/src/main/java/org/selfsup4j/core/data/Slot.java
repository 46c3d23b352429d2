package org.selfsup4j.core.data;

import java.util.EnumMap;
import java.util.Map;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Slab;

/** The native memory of one batch: one run for each type of element, used over and over. */
final class Slot implements AutoCloseable {

  /** How much of each type a batch needs, counted up while its parts find their places. */
  static final class Plan {
    private final Map<ElementType, Long> elements = new EnumMap<>(ElementType.class);

    /** Room for {@code count} elements; gives the offset of the first, aligned. */
    long reserve(ElementType type, long count) {
      long unit = Slab.ALIGNMENT / type.bytes();
      long start = elements.getOrDefault(type, 0L);
      elements.put(type, Math.addExact(start, (count + unit - 1) / unit * unit));
      return start;
    }

    Slot allocate() {
      return new Slot(elements);
    }
  }

  private final Map<ElementType, Slab> slabs = new EnumMap<>(ElementType.class);

  private Slot(Map<ElementType, Long> elements) {
    elements.forEach((type, count) -> slabs.put(type, Slab.allocate(type, count)));
  }

  Slab slab(ElementType type) {
    return slabs.get(type);
  }

  @Override
  public void close() {
    slabs.values().forEach(Slab::close);
  }
}
