package org.selfsup4j.core.kernel.onednn;

import java.util.Arrays;
import org.selfsup4j.core.memory.ElementType;

/**
 * What a plan depends on, as a run of numbers. One key is filled again and again to look plans up,
 * so that a look-up allocates nothing; only a new plan keeps a {@link #frozen} copy.
 */
final class Key {

  private long[] words;
  private int size;

  Key() {
    this(new long[64]);
  }

  private Key(long[] words) {
    this.words = words;
    this.size = words.length;
  }

  /** Starts anew with {@code first}. */
  Key start(long first) {
    size = 0;
    return add(first);
  }

  Key add(long word) {
    if (size == words.length) {
      words = Arrays.copyOf(words, 2 * size);
    }
    words[size++] = word;
    return this;
  }

  Key add(double number) {
    return add(Double.doubleToRawLongBits(number));
  }

  Key add(ElementType type) {
    return add((long) Build.typeOf(type));
  }

  Key add(boolean flag) {
    return add(flag ? 1L : 0L);
  }

  Key add(long[] numbers) {
    return add(numbers, numbers.length);
  }

  /** The first {@code count} of {@code numbers}, and how many they are. */
  Key add(long[] numbers, int count) {
    add((long) count);
    for (int i = 0; i < count; i++) {
      add(numbers[i]);
    }
    return this;
  }

  /** A copy that does not change any more. */
  Key frozen() {
    return new Key(Arrays.copyOf(words, size));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Key that && Arrays.equals(words, 0, size, that.words, 0, that.size);
  }

  @Override
  public int hashCode() {
    long hash = size;
    for (int i = 0; i < size; i++) {
      hash = (hash + words[i]) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 32;
    }
    return (int) hash;
  }
}
