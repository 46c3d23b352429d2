package org.selfsup4j.core.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.random.RandomStream;

/** The structure of the network is the structure of the records. */
class PartsTest {

  private static final RandomStream RANDOM = RandomStream.of(1);

  private static Linear linear(int inputs, int outputs) {
    return Linear.of(inputs, outputs, RANDOM);
  }

  // --- names ------------------------------------------------------------------------------------

  record Stage(List<Linear> blocks, Optional<BatchNorm> norm, int repeats) implements Module {}

  record Network(Stage stem, List<Optional<Linear>> heads, Window window, Buffer steps)
      implements Module {}

  @Test
  void partsNameThemselves() {
    Stage stem = new Stage(List.of(linear(2, 3), linear(3, 3)), Optional.of(BatchNorm.of(3)), 2);
    Network network =
        new Network(
            stem,
            List.of(Optional.empty(), Optional.of(Linear.withoutBias(3, 1, RANDOM))),
            Window.square(3, 1, 1),
            Buffer.of(ElementType.INT64, new double[] {0}));
    Parts parts = Parts.of(network);
    assertThat(parts.states().keySet())
        .containsExactly(
            "stem.blocks.0.weight",
            "stem.blocks.0.bias",
            "stem.blocks.1.weight",
            "stem.blocks.1.bias",
            "stem.norm.weight",
            "stem.norm.bias",
            "stem.norm.runningMean",
            "stem.norm.runningVariance",
            "heads.1.weight",
            "steps");
    assertThat(parts.parameters().keySet())
        .containsExactly(
            "stem.blocks.0.weight",
            "stem.blocks.0.bias",
            "stem.blocks.1.weight",
            "stem.blocks.1.bias",
            "stem.norm.weight",
            "stem.norm.bias",
            "heads.1.weight");
    assertThat(parts.modules().keySet())
        .containsExactly("", "stem", "stem.blocks.0", "stem.blocks.1", "stem.norm", "heads.1");
    assertThat(parts.modules().get("stem.norm")).isSameAs(stem.norm().orElseThrow());
    assertThat(parts.parameterCount()).isEqualTo(6 + 3 + 9 + 3 + 3 + 3 + 3);
    assertThat(parts.name(stem.blocks().get(1).weight())).isEqualTo("stem.blocks.1.weight");
    assertThat(parts.name(linear(1, 1).weight())).isNull();
  }

  @Test
  void allRealPartsAreConverted() {
    Buffer count = Buffer.of(ElementType.INT64, new double[] {7});
    record Counted(BatchNorm norm, Buffer count) implements Module {}
    Counted module = new Counted(BatchNorm.of(2), count);
    module.norm().weight().set(new double[] {0.1, 0.5});
    Parts.of(module).convertTo(ElementType.DOUBLE);
    assertThat(module.norm().weight().variable().type()).isEqualTo(ElementType.DOUBLE);
    assertThat(module.norm().runningVariance().variable().type()).isEqualTo(ElementType.DOUBLE);
    assertThat(module.norm().weight().toDoubles()).containsExactly((double) 0.1f, 0.5);
    assertThat(count.variable().type()).isEqualTo(ElementType.INT64);
    assertThat(count.toDoubles()).containsExactly(7);
  }

  // --- shared parts and teachers ----------------------------------------------------------------

  record Tied(Linear encoder, Linear decoder, Parameter scale, Parameter sameScale)
      implements Module {}

  @Test
  void aSharedPartAppearsOnceUnderItsFirstName() {
    Linear both = linear(2, 2);
    Parameter scale = Parameter.of(new double[] {1}, 1);
    Parts parts = Parts.of(new Tied(both, both, scale, scale));
    assertThat(parts.states().keySet()).containsExactly("encoder.weight", "encoder.bias", "scale");
    assertThat(parts.name(both.weight())).isEqualTo("encoder.weight");
    assertThat(parts.modules().keySet()).containsExactly("", "encoder", "decoder");
    assertThat(parts.parameterCount()).isEqualTo(7);
  }

  record Pair(Teacher<Linear> teacher, Linear student) implements Module {}

  @Test
  void aTeachersParametersAreKeptButNotTrained() {
    Linear student = linear(2, 2);
    Parts parts = Parts.of(new Pair(Teacher.of(student), student));
    assertThat(parts.states().keySet())
        .containsExactly("teacher.weight", "teacher.bias", "student.weight", "student.bias");
    assertThat(parts.parameters().keySet()).containsExactly("student.weight", "student.bias");
  }

  @Test
  void whatAStudentSharesWithATeacherBeforeItIsTrainedAllTheSame() {
    // A teacher around the student itself, named first, used to leave it untrained.
    Linear student = linear(2, 2);
    Parts parts = Parts.of(new Pair(new Teacher<>(student), student));
    assertThat(parts.states().keySet()).containsExactly("teacher.weight", "teacher.bias");
    assertThat(parts.parameters().values())
        .containsExactly(student.weight(), student.bias().orElseThrow());
  }

  // --- what can't be walked ---------------------------------------------------------------------

  /** Settings of every harmless kind. */
  record Settings(
      double rate,
      String name,
      int[] sizes,
      List<Integer> depths,
      Map<String, Double> weights,
      Optional<String> note,
      Window window,
      Supplier<String> supplier,
      String[] names,
      Object nothing)
      implements Module {}

  @Test
  void settingsAreLeftAlone() {
    Settings settings =
        new Settings(
            0.1,
            "x",
            new int[] {1},
            List.of(1, 2),
            Map.of("a", 1.0),
            Optional.of("y"),
            Window.square(1, 1, 0),
            () -> "z",
            new String[] {"a", null},
            null);
    assertThat(Parts.of(settings).states()).isEmpty();
  }

  record Holder(Object inside) implements Module {}

  record PlainRecord(Object inside) {}

  static final class PlainClass {
    final Object inside;

    PlainClass(Object inside) {
      this.inside = inside;
    }
  }

  static final class Declared {
    Linear layer;
  }

  @Test
  void partsThatCouldNotBeFoundAreRefusedByName() {
    Linear layer = linear(1, 1);
    Supplier<Linear> lambda = () -> layer;
    Callable<Object> inner = new PlainClass(List.of(layer))::toString;
    List<Object> places =
        List.of(
            Map.of("layer", layer),
            Map.of(layer, 1),
            Set.of(layer),
            new Linear[] {layer},
            new Object[][] {{1, layer}},
            new PlainRecord(layer),
            new PlainRecord(Optional.of(layer.weight())),
            new PlainClass(layer),
            new PlainClass(Map.of("weights", List.of(layer.weight()))),
            new PlainClass(new PlainClass(new PlainRecord(layer))),
            new Declared(),
            lambda,
            inner,
            List.of(Map.of(1, layer)));
    for (Object place : places) {
      assertThatThrownBy(() -> Parts.of(new Holder(place)))
          .as(place.getClass().toString())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("component 'inside")
          .hasMessageContaining("only as components of records that implement Module");
    }
  }

  @Test
  void aSettingThatHoldsItselfIsLeftAlone() {
    Object[] circle = new Object[1];
    circle[0] = new PlainClass(circle);
    assertThat(Parts.of(new Holder(circle)).states()).isEmpty();
  }

  private static final class NoRecord implements Module {}

  @Test
  void aModuleThatIsNoRecordIsRefused() {
    assertThatThrownBy(() -> Parts.of(new Holder(new NoRecord())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("module 'inside'")
        .hasMessageContaining("not a record");
  }
}
