package org.selfsup4j.eval.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.data.ListSource;
import org.selfsup4j.core.data.Source;

class LabelledFractionTest {

  /** A hundred items of class 0, forty of class 1, three of class 2, mixed. */
  private static Source<Integer> items() {
    List<Integer> items = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (int i = 0; i < 143; i++) {
      items.add(i);
      labels.add(i % 48 == 7 ? 2 : i % 7 < 2 && countOf(labels, 1) < 40 ? 1 : 0);
    }
    return ListSource.of("items", items, labels);
  }

  private static long countOf(List<Integer> labels, int label) {
    return labels.stream().filter(own -> own == label).count();
  }

  private static List<Integer> chosen(Source<Integer> source) {
    List<Integer> chosen = new ArrayList<>();
    for (long i = 0; i < source.size(); i++) {
      chosen.add(source.get(i));
    }
    return chosen;
  }

  private static List<Integer> labels(Source<Integer> source) {
    List<Integer> labels = new ArrayList<>();
    for (long i = 0; i < source.size(); i++) {
      labels.add(source.label(i).orElseThrow());
    }
    return labels;
  }

  @Test
  void eachClassGivesTheSamePartButOneAtLeast() {
    List<Integer> all = labels(items());
    List<Integer> tenth = labels(new LabelledFraction(0.1, 1).of(items()));
    for (int label = 0; label < 3; label++) {
      long expected = Math.max(1, Math.round(0.1 * countOf(all, label)));
      assertThat(countOf(tenth, label)).as("class %s", label).isEqualTo(expected);
    }
    assertThat(countOf(tenth, 2)).isEqualTo(1);
  }

  @Test
  void theSeedDecidesWhichAndTheOrderIsTheSources() {
    List<Integer> one = chosen(new LabelledFraction(0.5, 1).of(items()));
    assertThat(one).isSorted().doesNotHaveDuplicates();
    assertThat(chosen(new LabelledFraction(0.5, 1).of(items()))).isEqualTo(one);
    assertThat(chosen(new LabelledFraction(0.5, 2).of(items()))).isNotEqualTo(one);
    assertThat(chosen(new LabelledFraction(1, 2).of(items()))).isEqualTo(chosen(items()));
  }

  @Test
  void noLabelsAndNoFractionAreRefused() {
    Source<Integer> unlabelled = ListSource.of("bare", List.of(1, 2));
    assertThatThrownBy(() -> new LabelledFraction(0.5, 1).of(unlabelled))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no label to learn from");
    for (double bad : new double[] {0, -0.1, 1.1, Double.NaN}) {
      assertThatThrownBy(() -> new LabelledFraction(bad, 1)).hasMessageContaining("fraction is");
    }
  }
}
