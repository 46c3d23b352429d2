package org.selfsup4j.eval.finetune;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.random.RandomStream;

/**
 * Items whose labels may be used: the same part of each class, at least one of each, drawn by a
 * seed.
 *
 * @param fraction in (0, 1]
 * @param seed of the draw
 */
public record LabelledFraction(double fraction, long seed) {

  /** Checks the range. */
  public LabelledFraction {
    if (!(fraction > 0 && fraction <= 1)) {
      throw new IllegalArgumentException(
          "fraction is " + fraction + ": it must be above 0 and at most 1, for example 0.1");
    }
  }

  /**
   * The chosen items of {@code source}, in its order.
   *
   * @throws IllegalArgumentException if an item has no label
   */
  public <T> Source<T> of(Source<T> source) {
    Map<Integer, List<Long>> classes = new TreeMap<>();
    for (long i = 0; i < source.size(); i++) {
      int label = source.label(i).orElse(-1);
      if (label < 0) {
        throw new IllegalArgumentException(
            source.name(i) + " of " + source.description() + " has no label to learn from");
      }
      classes.computeIfAbsent(label, none -> new ArrayList<>()).add(i);
    }
    List<Long> chosen = new ArrayList<>();
    classes.forEach((label, items) -> chosen.addAll(drawn(label, items)));
    return source.subset(chosen.stream().mapToLong(Long::longValue).sorted().toArray());
  }

  private List<Long> drawn(int label, List<Long> items) {
    int count = (int) Math.max(1, Math.round(fraction * items.size()));
    int[] order = RandomStream.of(seed).at("labels").at(label).permutation(items.size());
    return Arrays.stream(order, 0, count).mapToObj(items::get).toList();
  }
}
