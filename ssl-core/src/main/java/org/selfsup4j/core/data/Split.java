package org.selfsup4j.core.data;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.LongStream;

/**
 * A source divided in two, by rule and not by chance, so that every run tests on the same items.
 * Both parts keep the order of the source.
 *
 * @param train what may be learned from
 * @param test what is kept for scores
 */
public record Split<T>(Source<T> train, Source<T> test) {

  /**
   * Every {@code n}-th item of each class is test: the n-th, the 2n-th and so on in the source's
   * order. Without labels all items are one class.
   *
   * @throws IllegalArgumentException if {@code n} is below 2 or leaves no item for a part
   */
  public static <T> Split<T> everyNth(Source<T> source, int n) {
    if (n < 2) {
      throw new IllegalArgumentException("n is " + n + ": it must be at least 2");
    }
    Map<OptionalInt, Integer> seen = new HashMap<>();
    LongStream.Builder train = LongStream.builder();
    LongStream.Builder test = LongStream.builder();
    for (long i = 0; i < source.size(); i++) {
      int count = seen.merge(source.label(i), 1, Integer::sum);
      (count % n == 0 ? test : train).add(i);
    }
    return new Split<>(
        Subset.of(source, "all but each " + n + "th item of a class", train.build().toArray()),
        Subset.of(source, "each " + n + "th item of a class", test.build().toArray()));
  }
}
