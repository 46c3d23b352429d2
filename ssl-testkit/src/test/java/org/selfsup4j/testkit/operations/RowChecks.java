package org.selfsup4j.testkit.operations;

import org.selfsup4j.core.tensor.Rows;
import org.selfsup4j.testkit.CheckInput;
import org.selfsup4j.testkit.GradientCheck;

/** Elements picked, put and reordered. */
final class RowChecks {

  private RowChecks() {}

  static void addTo(CheckList list) {
    addGather(list);
    addAppended(list);
    addOrder(list);
  }

  private static void addGather(CheckList list) {
    list.add(
        GradientCheck.of(
                "Rows.gather(Tensor, Tensor): repeated ids",
                (t, s) -> Rows.gather(t.get(0), s.ids(new long[] {2, 0, 2, 1, 2, 0}, 2, 3)))
            .input(CheckInput.of("table", 4, 3)));
    list.add(
        GradientCheck.of(
                "Rows.gather(Tensor, Tensor): strided ids",
                (t, s) ->
                    Rows.gather(t.get(0), s.ids(new long[] {2, 0, 3, 1, 2, 0}, 2, 3).transpose()))
            .input(CheckInput.of("table", 4, 3)));
    list.add(
        GradientCheck.of(
                "Rows.gather(Tensor, Tensor): rows of two axes",
                (t, s) -> Rows.gather(t.get(0), s.ids(new long[] {1, 1}, 2)))
            .input(CheckInput.of("table", 3, 2, 4)));
    list.add(
        GradientCheck.of(
                "Rows.gather(Tensor, Tensor): numbers",
                (t, s) -> Rows.gather(t.get(0), s.ids(new long[] {4, 0, 4}, 3)))
            .input(CheckInput.of("table", 5)));
    list.add(
        GradientCheck.of(
                "Rows.scatterAdd(Tensor, Tensor, Tensor)",
                (t, s) -> Rows.scatterAdd(t.get(0), s.ids(new long[] {0, 2, 2, 3, 2}, 5), t.get(1)))
            .input(CheckInput.of("table", 4, 3))
            .input(CheckInput.of("rows", 5, 3)));
    list.add(
        GradientCheck.of(
                "Rows.scatterAdd(Tensor, Tensor, Tensor): strided ids",
                (t, s) ->
                    Rows.scatterAdd(
                        t.get(0),
                        s.ids(new long[] {0, 9, 2, 9, 2, 9}, 3, 2).slice(1, 0, 1).reshape(3),
                        t.get(1)))
            .input(CheckInput.of("table", 3, 2))
            .input(CheckInput.of("rows", 3, 2)));
    list.add(
        GradientCheck.of(
                "Rows.gatherTokens(Tensor, Tensor)",
                (t, s) -> Rows.gatherTokens(t.get(0), s.ids(new long[] {3, 0, 1, 1, 2, 0}, 2, 3)))
            .input(CheckInput.of("tokens", 2, 4, 3)));
    list.add(
        GradientCheck.of(
                "Rows.gatherTokens(Tensor, Tensor): numbers",
                (t, s) -> Rows.gatherTokens(t.get(0), s.ids(new long[] {3, 0, 1, 1}, 2, 2)))
            .input(CheckInput.of("tokens", 2, 4)));
    list.add(
        GradientCheck.of(
                "Rows.pick(Tensor, Tensor)",
                (t, s) -> Rows.pick(t.get(0), s.ids(new long[] {3, 0, 0, 1, 2, 1}, 2, 3)))
            .input(CheckInput.of("x", 2, 4)));
    list.add(
        GradientCheck.of(
                "Rows.pick(Tensor, Tensor): three axes",
                (t, s) -> Rows.pick(t.get(0), s.ids(new long[] {4, 0, 1, 1, 2, 3}, 2, 3, 1)))
            .input(CheckInput.of("x", 2, 3, 5)));
  }

  private static void addAppended(CheckList list) {
    list.add(
        GradientCheck.of(
                "Rows.appendTokens(Tensor, Tensor, Tensor)",
                (t, s) ->
                    Rows.appendTokens(
                        t.get(0), t.get(1), s.ids(new long[] {3, 0, 1, 1, 1, 0}, 2, 3)))
            .input(CheckInput.of("tokens", 2, 2, 3))
            .input(CheckInput.of("table", 4, 3)));
  }

  private static void addOrder(CheckList list) {
    for (int axis : new int[] {0, 1, -1}) {
      list.add(
          GradientCheck.of(
                  "Rows.select(Tensor, int, long[]): axis " + axis,
                  t -> Rows.select(t.get(0), axis, 1, 0, 1))
              .input(2, 3, 4));
      list.add(
          GradientCheck.of("Rows.flip(Tensor, int): axis " + axis, t -> Rows.flip(t.get(0), axis))
              .input(2, 3, 4));
      list.add(
          GradientCheck.of(
                  "Rows.roll(Tensor, int, long): axis " + axis,
                  t -> Rows.roll(t.get(0), axis, -1).plus(Rows.roll(t.get(0), axis, 7)))
              .input(2, 3, 4));
    }
    list.add(
        GradientCheck.of("Rows.flip(Tensor, int): images", t -> Rows.flip(t.get(0), 3))
            .input(2, 3, 2, 5));
  }
}
