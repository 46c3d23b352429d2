package org.selfsup4j.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** What every part of the contract asks of the class that tests a set of kernels. */
interface KernelsUnderTest {

  /** The set, the same one in every test of a class. */
  Kernels kernels();

  /** How far a result may be from the reference, relative to the larger of it and the rms. */
  double tolerance(ElementType type);

  /** FLOAT and DOUBLE, in every layout. */
  static Stream<Arguments> typesAndLayouts() {
    List<Arguments> all = new ArrayList<>();
    for (ElementType type : List.of(ElementType.FLOAT, ElementType.DOUBLE)) {
      for (Layout layout : Layout.values()) {
        all.add(Arguments.of(type, layout));
      }
    }
    return all.stream();
  }

  /**
   * Whether the rules for choosing among oneDNN's implementations were measured on such a machine:
   * those with tiles (AMX) or less than AVX-512 are served by oneDNN's own choice.
   */
  static boolean choosesFor(String instructions) {
    String mine = KernelSets.open("onednn").implementation();
    return !mine.contains("amx") && mine.contains(instructions);
  }

  /** Asserts that a block holds what the reference says. */
  default void check(Memory memory, String what, Block got, Numbers want) {
    assertThat(got.shape()).isEqualTo(want.shape);
    close(what, got.type(), memory.get(got), want, tolerance(got.type()));
  }

  /** As {@link #check}, against differences, which have an error of their own. */
  default void nearly(Memory memory, String what, Block got, Numbers want) {
    double tolerance = Math.max(1e-7, 5 * tolerance(got.type()));
    close(what, got.type(), memory.get(got), want, tolerance);
  }

  /** Asserts that numbers agree within {@code tolerance}. */
  static void close(String what, ElementType type, Numbers got, Numbers want, double tolerance) {
    double squares = 0;
    for (double value : want.values) {
      squares += Double.isFinite(value) ? value * value : 0;
    }
    double rms = Math.sqrt(squares / Math.max(1, want.values.length));
    double floor = type == ElementType.FLOAT ? 1e-7 : 1e-12;
    for (int i = 0; i < want.values.length; i++) {
      double expected = want.values[i];
      double actual = got.values[i];
      boolean same =
          Double.compare(expected, actual) == 0
              || Math.abs(actual - expected)
                  <= tolerance * Math.max(Math.abs(expected), rms) + floor;
      assertThat(same)
          .as("%s, %s, element %d: got %s, want %s", what, type, i, actual, expected)
          .isTrue();
    }
  }
}
