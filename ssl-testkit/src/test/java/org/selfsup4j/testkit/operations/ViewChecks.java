package org.selfsup4j.testkit.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.tensor.Joins;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.tensor.Views;
import org.selfsup4j.testkit.CheckInput;
import org.selfsup4j.testkit.GradientCheck;

/** The same numbers seen otherwise, laid together and cut apart. */
final class ViewChecks {

  private ViewChecks() {}

  static void addTo(CheckList list) {
    addReshapes(list);
    addAxes(list);
    addRanges(list);
    addTypes(list);
    addJoins(list);
  }

  private static void addReshapes(CheckList list) {
    list.add(
        GradientCheck.of(
                "Views.reshape(Tensor, long[]): merged", t -> Views.reshape(t.get(0), 6, 4))
            .input(2, 3, 4));
    list.add(
        GradientCheck.of(
                "Views.reshape(Tensor, long[]): cut", t -> Views.reshape(t.get(0), 3, 2, 4))
            .input(6, 4));
    list.add(
        GradientCheck.of("Tensor.reshape(long[]): across", t -> t.get(0).reshape(3, -1))
            .input(2, 6));
    list.add(
        GradientCheck.of("Tensor.reshape(long[]): ones", t -> t.get(0).reshape(1, 4, 1, 3, 1))
            .input(4, 1, 3));
    list.add(
        GradientCheck.of("Tensor.reshape(long[]): a scalar", t -> t.get(0).reshape()).input(1, 1));
    list.add(
        GradientCheck.of("Tensor.reshape(long[]): patches", t -> patches(t.get(0)))
            .input(2, 3, 4, 6));
    list.add(
        GradientCheck.of("Views.contiguous(Tensor)", t -> Views.contiguous(t.get(0)))
            .input(2, 3, 4));
    list.add(
        GradientCheck.of(
                "Views.contiguous(Tensor): of a view",
                t -> Views.contiguous(t.get(0).permute(2, 0, 1)))
            .input(2, 3, 4));
  }

  /** [N, C, H, W] as [N, H / 2, W / 3, 2, 3, C]. */
  private static Tensor patches(Tensor x) {
    return x.reshape(2, 3, 2, 2, 2, 3).permute(0, 2, 4, 3, 5, 1).reshape(2, 4, 18);
  }

  private static void addAxes(CheckList list) {
    list.add(
        GradientCheck.of("Tensor.permute(int[])", t -> t.get(0).permute(2, -4, 3, 1))
            .input(2, 3, 4, 5));
    list.add(
        GradientCheck.of("Views.permute(Tensor, int[])", t -> Views.permute(t.get(0), 1, 2, 0))
            .input(2, 3, 4));
    list.add(GradientCheck.of("Tensor.transpose()", t -> t.get(0).transpose()).input(2, 3, 4));
    list.add(
        GradientCheck.of("Views.transpose(Tensor, int, int)", t -> Views.transpose(t.get(0), 0, -1))
            .input(2, 3, 4));
    list.add(
        GradientCheck.of("Views.expand(Tensor, int): front", t -> Views.expand(t.get(0), 0))
            .input(2, 3));
    list.add(
        GradientCheck.of("Views.expand(Tensor, int): middle", t -> Views.expand(t.get(0), 1))
            .input(2, 3));
    list.add(
        GradientCheck.of("Views.expand(Tensor, int): end", t -> Views.expand(t.get(0), -1))
            .input(2, 3));
    list.add(
        GradientCheck.of("Views.expand(Tensor, int): a scalar", t -> Views.expand(t.get(0), 0))
            .input());
    list.add(
        GradientCheck.of("Views.drop(Tensor, int[])", t -> Views.drop(t.get(0), -1, 0, 2))
            .input(1, 3, 1, 2, 1));
  }

  private static void addRanges(CheckList list) {
    list.add(
        GradientCheck.of("Tensor.slice(int, long, long): middle", t -> t.get(0).slice(1, 1, 4))
            .input(2, 5, 3));
    list.add(
        GradientCheck.of("Tensor.slice(int, long, long): all", t -> t.get(0).slice(0, 0, 2))
            .input(2, 5));
    list.add(
        GradientCheck.of(
                "Views.slice(Tensor, int, long, long): overlapping",
                t -> Views.slice(t.get(0), -1, 0, 4).times(Views.slice(t.get(0), -1, 1, 5)))
            .input(3, 5));
    list.add(
        GradientCheck.of("Tensor.broadcast(long[]): in front", t -> t.get(0).broadcast(4, 2, 3))
            .input(2, 3));
    list.add(
        GradientCheck.of("Tensor.broadcast(long[]): no axis", t -> t.get(0).broadcast(2, 3))
            .input(2, 3));
    list.add(
        GradientCheck.of(
                "Views.broadcast(Tensor, long[]): middle",
                t -> Views.broadcast(t.get(0), 2, 2, 4, 3))
            .input(2, 1, 3));
  }

  private static void addTypes(CheckList list) {
    list.add(
        GradientCheck.of("Tensor.to(ElementType): itself", t -> t.get(0).to(t.get(0).type()))
            .input(2, 3));
    list.addValues(
        "Tensor.to(ElementType): to whole numbers and masks",
        session -> {
          Tensor x = session.tensor(new float[] {0, 1, -3, 2}, 2, 2);
          assertThat(x.transpose().to(ElementType.INT64).toLongs()).containsExactly(0, -3, 1, 2);
          assertThat(x.to(ElementType.BOOL).toDoubles()).containsExactly(0, 1, 1, 1);
          assertThat(x.to(ElementType.DOUBLE).type()).isEqualTo(ElementType.DOUBLE);
        });
    list.add(
        GradientCheck.of(
                "Views.convert(Tensor, ElementType): there and back",
                t -> {
                  // DOUBLE by way of FLOAT would round the differences away.
                  Tensor x = t.get(0);
                  return Views.convert(Views.convert(x, ElementType.DOUBLE), x.type());
                })
            .input(CheckInput.of("x", 2, 3)));
  }

  private static void addJoins(CheckList list) {
    list.add(
        GradientCheck.of(
                "Joins.concatenate(int, Tensor[]): last",
                t -> Joins.concatenate(-1, t.get(0), t.get(1), t.get(0)))
            .input(2, 3)
            .input(2, 4));
    list.add(
        GradientCheck.of(
                "Joins.concatenate(int, Tensor[]): first",
                t -> Joins.concatenate(0, t.get(0), t.get(1), t.get(2)))
            .input(1, 3, 2)
            .input(2, 3, 2)
            .input(1, 3, 2));
    list.add(
        GradientCheck.of(
                "Joins.concatenate(int, Tensor[]): channels",
                t -> Joins.concatenate(1, t.get(0), t.get(1)))
            .input(2, 3, 2, 4)
            .input(2, 1, 2, 4));
    for (int axis : new int[] {0, 1, -1}) {
      list.add(
          GradientCheck.of(
                  "Joins.stack(int, Tensor[]): axis " + axis,
                  t -> Joins.stack(axis, t.get(0), t.get(1)))
              .input(3, 4)
              .input(3, 4));
    }
    list.add(
        GradientCheck.of(
                "Joins.split(Tensor, int, int)",
                t -> {
                  List<Tensor> parts = Joins.split(t.get(0), -1, 3);
                  return parts.get(0).times(parts.get(2)).minus(parts.get(1));
                })
            .input(2, 6));
    list.add(
        GradientCheck.of(
                "Joins.split(Tensor, int, int): one unused",
                t -> Joins.split(t.get(0), 0, 2).get(1))
            .input(4, 3));
    list.add(
        GradientCheck.of(
                "Joins.pad(Tensor, int, long, long, double)",
                t -> Joins.pad(Joins.pad(t.get(0), 0, 1, 0, 0.5), -1, 2, 3, -1))
            .input(2, 3));
  }
}
