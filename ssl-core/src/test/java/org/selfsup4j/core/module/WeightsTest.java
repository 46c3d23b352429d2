package org.selfsup4j.core.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.random.RandomStream;

class WeightsTest {

  private static final NameMap NAMES =
      new NameMap() {
        @Override
        public String foreign(String part) {
          return part.replace("hidden.", "fc1.").replace("output.", "fc2.");
        }

        @Override
        public boolean ignores(String foreign) {
          return foreign.startsWith("head.");
        }
      };

  /** Arrays by name, as another framework would give them. */
  private record Elsewhere(Map<String, long[]> shapes, Map<String, double[]> numbers)
      implements WeightSource {

    static Elsewhere of(Module module, NameMap names) {
      Elsewhere arrays = new Elsewhere(new LinkedHashMap<>(), new LinkedHashMap<>());
      Weights.named(module, names)
          .forEach((name, state) -> arrays.put(name, state.shape().toArray(), state.toDoubles()));
      return arrays;
    }

    void put(String name, long[] shape, double[] values) {
      shapes.put(name, shape);
      numbers.put(name, values);
    }

    @Override
    public Set<String> names() {
      return shapes.keySet();
    }

    @Override
    public long[] shape(String name) {
      return shapes.get(name);
    }

    @Override
    public double[] values(String name) {
      return numbers.get(name);
    }
  }

  @Test
  void whatGoesOutUnderOtherNamesComesInAgain() {
    Mlp from = Mlp.of(4, 8, RandomStream.of(1));
    Mlp to = Mlp.of(4, 8, RandomStream.of(2));
    Elsewhere arrays = Elsewhere.of(from, NAMES);
    assertThat(arrays.names()).containsExactly("fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias");
    arrays.put("head.weight", new long[] {10, 4}, new double[40]); // a classifier nobody asked for

    Weights.load(to, "arrays", arrays, NAMES);

    assertThat(to.hidden().weight().toDoubles()).isEqualTo(from.hidden().weight().toDoubles());
    assertThat(to.output().weight().toDoubles()).isEqualTo(from.output().weight().toDoubles());
  }

  @Test
  void everythingWrongIsSaidAtOnceAndNothingIsLoaded() {
    Mlp module = Mlp.of(4, 8, RandomStream.of(1));
    double[] before = module.output().weight().toDoubles();
    Elsewhere arrays = Elsewhere.of(Mlp.of(4, 8, RandomStream.of(2)), NAMES);
    arrays.put("fc1.weight", new long[] {4, 8}, new double[32]);
    arrays.put("fc3.weight", new long[] {4, 8}, new double[32]);
    arrays.shapes().remove("fc2.bias");

    MismatchedWeightsException thrown =
        catchThrowableOfType(
            MismatchedWeightsException.class,
            () -> Weights.load(module, "mlp.safetensors", arrays, NAMES));

    assertThat(thrown.missing()).containsExactly("fc2.bias");
    assertThat(thrown.unexpected()).containsExactly("fc3.weight");
    assertThat(thrown.misshapen()).containsExactly("fc1.weight is [4, 8], expected [8, 4]");
    assertThat(thrown)
        .hasMessageStartingWith("mlp.safetensors does not fit the module, and nothing was loaded:")
        .hasMessageContaining("1 missing: fc2.bias")
        .hasMessageContaining("1 unexpected: fc3.weight")
        .hasMessageContaining("1 misshapen: fc1.weight is [4, 8], expected [8, 4]")
        .hasMessageContaining("build the module with the options");
    assertThat(module.output().weight().toDoubles()).isEqualTo(before);
  }

  @Test
  void theMessageShowsTheFirstNamesOfALongListAndTheListHasAll() {
    String[] names = new String[20];
    Arrays.setAll(names, i -> "blocks." + i + ".weight");
    MismatchedWeightsException thrown =
        new MismatchedWeightsException("file", List.of(names), List.of(), List.of());
    assertThat(thrown)
        .hasMessageContaining("20 missing: blocks.0.weight, ")
        .hasMessageContaining("blocks.7.weight, 12 more")
        .hasMessageNotContaining("blocks.8.weight")
        .hasMessageNotContaining("unexpected");
    assertThat(thrown.missing()).hasSize(20);
  }

  @Test
  void aMapThatGivesTwoPartsOneNameIsRefused() {
    Mlp module = Mlp.of(4, 8, RandomStream.of(1));
    assertThatThrownBy(() -> Weights.named(module, part -> part.replace("hidden", "output")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("two parts are called 'output.weight'");
  }
}
