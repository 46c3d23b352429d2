package org.selfsup4j.core.memory;

import java.util.Arrays;

/**
 * The unused ranges of a run of elements: best fit, the lowest address among equals, neighbours
 * joined when a range comes back. The order of calls alone decides the places.
 *
 * <p>Plain arrays, in the order of the addresses: a list holds a few ranges, and every result of a
 * training step asks dozens of lists.
 */
final class FreeList {

  private final long capacity;
  private long[] starts = new long[8];
  private long[] sizes = new long[8];
  private int count;

  /** The size of the largest free range: most lists of a busy arena are full, and asked in vain. */
  private long largest;

  FreeList(long capacity) {
    this.capacity = capacity;
    clear();
  }

  /** Makes everything free. */
  void clear() {
    starts[0] = 0;
    sizes[0] = capacity;
    count = 1;
    largest = capacity;
  }

  /** The size of the smallest free range that holds {@code size}; -1 if there is none. */
  long smallestFor(long size) {
    if (size > largest) {
      return -1;
    }
    return sizes[best(size)];
  }

  /** Takes the start of the smallest free range that holds {@code size}. */
  long take(long size) {
    if (size > largest) {
      throw new IllegalStateException("no free range of " + size + " elements");
    }
    int i = best(size);
    long start = starts[i];
    long found = sizes[i];
    if (found > size) {
      starts[i] += size;
      sizes[i] -= size;
    } else {
      remove(i);
    }
    if (found == largest) {
      largest = 0;
      for (int k = 0; k < count; k++) {
        largest = Math.max(largest, sizes[k]);
      }
    }
    return start;
  }

  /** Makes {@code [start, start + size)} free again. */
  void give(long start, long size) {
    int at = Arrays.binarySearch(starts, 0, count, start);
    int after = at < 0 ? -at - 1 : at;
    boolean cutsBefore = after > 0 && starts[after - 1] + sizes[after - 1] > start;
    boolean cutsAfter = after < count && start + size > starts[after];
    if (cutsBefore || cutsAfter) {
      throw new IllegalStateException("the range at " + start + " was given back twice");
    }
    boolean joinsBefore = after > 0 && starts[after - 1] + sizes[after - 1] == start;
    boolean joinsAfter = after < count && start + size == starts[after];
    int place = joinsBefore ? after - 1 : after;
    if (joinsBefore) {
      sizes[place] += size;
      if (joinsAfter) {
        sizes[place] += sizes[after];
        remove(after);
      }
    } else if (joinsAfter) {
      starts[place] = start;
      sizes[place] += size;
    } else {
      insert(place, start, size);
    }
    largest = Math.max(largest, sizes[place]);
  }

  /** Where the smallest range stands that holds {@code size}, of which there is one. */
  private int best(long size) {
    int best = -1;
    for (int i = 0; i < count; i++) {
      if (sizes[i] >= size && (best < 0 || sizes[i] < sizes[best])) {
        best = i;
      }
    }
    return best;
  }

  private void insert(int place, long start, long size) {
    if (count == starts.length) {
      starts = Arrays.copyOf(starts, 2 * count);
      sizes = Arrays.copyOf(sizes, 2 * count);
    }
    System.arraycopy(starts, place, starts, place + 1, count - place);
    System.arraycopy(sizes, place, sizes, place + 1, count - place);
    starts[place] = start;
    sizes[place] = size;
    count++;
  }

  private void remove(int place) {
    count--;
    System.arraycopy(starts, place + 1, starts, place, count - place);
    System.arraycopy(sizes, place + 1, sizes, place, count - place);
  }
}
