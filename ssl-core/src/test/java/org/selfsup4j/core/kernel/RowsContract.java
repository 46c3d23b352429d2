package org.selfsup4j.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** Rows of a table by id. */
interface RowsContract extends KernelsUnderTest {

  @ParameterizedTest
  @MethodSource(ElementwiseContract.CASES)
  default void rowsAreGathered(ElementType real, Layout layout) {
    for (ElementType type : new ElementType[] {real, ElementType.INT64, ElementType.BOOL}) {
      for (long width : new long[] {1, 3, 0}) {
        try (Memory memory = new Memory()) {
          Numbers table = Numbers.whole(1, 0, 2, 5, width);
          Numbers ids = Numbers.of(4, 0, 0, 2, 1, 4, 3);
          Block y = memory.room(type, layout, 7, width);
          kernels()
              .gatherRows(
                  memory.put(type, layout, table), memory.put(ElementType.INT64, layout, ids), y);
          check(
              memory,
              "gather",
              y,
              Numbers.build(i -> table.at((long) ids.at(i[0]), i[1]), 7, width));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource(ElementwiseContract.CASES)
  default void rowsAreAddedInOrder(ElementType type, Layout layout) {
    try (Memory memory = new Memory()) {
      int n = 3000;
      Numbers rows = Numbers.random(1, n, 5).map(v -> v / 3);
      Numbers ids = Numbers.whole(2, 0, 4, n);
      Numbers old = Numbers.random(3, 4, 5);
      Block table = memory.put(type, layout, old);
      Block added = memory.put(type, layout, rows);
      kernels().scatterAddRows(added, memory.put(ElementType.INT64, layout, ids), table);
      Numbers exact = memory.get(added);
      Numbers want = Numbers.zeros(4, 5).map(v -> 0);
      System.arraycopy(old.values, 0, want.values, 0, 20);
      for (int i = 0; i < n; i++) {
        for (int k = 0; k < 5; k++) {
          int place = want.place((long) ids.at(i), k);
          double sum = want.values[place] + exact.at(i, k);
          want.values[place] = type == ElementType.FLOAT ? (float) sum : sum;
        }
      }
      assertThat(memory.get(table).values).as("the very bits").isEqualTo(want.values);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  default void noIdsDoNothing(ElementType type) {
    try (Memory memory = new Memory()) {
      Numbers old = Numbers.random(3, 4, 5);
      Block table = memory.rows(type, old);
      Block none = memory.room(ElementType.INT64, Layout.ROWS, 0);
      Block rows = memory.room(type, Layout.ROWS, 0, 5);
      kernels().scatterAddRows(rows, none, table);
      kernels().gatherRows(table, none, rows);
      check(memory, "table", table, old);
    }
  }

  @Test
  default void anIdOutsideTheTableIsNamed() {
    for (long wrong : new long[] {5, -1, 1L << 40}) {
      try (Memory memory = new Memory()) {
        Block table = memory.rows(ElementType.FLOAT, Numbers.random(1, 5, 2));
        Block y = memory.room(ElementType.FLOAT, Layout.ROWS, 3, 2);
        Block ids = memory.ids(0, wrong, 2);
        assertThatThrownBy(() -> kernels().gatherRows(table, ids, y))
            .isInstanceOf(IndexOutOfBoundsException.class)
            .hasMessageContaining("id " + wrong + " at position 1")
            .hasMessageContaining("[0, 5)");
        assertThatThrownBy(() -> kernels().scatterAddRows(y, ids, table))
            .isInstanceOf(IndexOutOfBoundsException.class)
            .hasMessageContaining("id " + wrong + " at position 1");
      }
    }
  }
}
