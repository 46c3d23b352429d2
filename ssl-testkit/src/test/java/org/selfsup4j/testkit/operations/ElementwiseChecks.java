package org.selfsup4j.testkit.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.UnaryOperator;
import org.selfsup4j.core.kernel.Binary;
import org.selfsup4j.core.kernel.Unary;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.tensor.Activations;
import org.selfsup4j.core.tensor.Arithmetic;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.testkit.CheckInput;
import org.selfsup4j.testkit.GradientCheck;

/** Arithmetic and activations. */
final class ElementwiseChecks {

  private ElementwiseChecks() {}

  static void addTo(CheckList list) {
    addUnary(list);
    addActivations(list);
    addBinary(list);
    addChoices(list);
    addComparisons(list);
  }

  private static GradientCheck unary(String name, UnaryOperator<Tensor> f) {
    return GradientCheck.of(name, x -> f.apply(x.get(0)));
  }

  private static CheckInput x(long... shape) {
    return CheckInput.of("x", shape);
  }

  private static void addUnary(CheckList list) {
    list.add(unary("Tensor.exp()", Tensor::exp).input(x(2, 3, 5).between(-3, 2)));
    list.add(unary("Tensor.log()", Tensor::log).input(x(3, 7).between(0.2, 4)));
    list.add(unary("Tensor.sqrt()", Tensor::sqrt).input(x(2, 3, 4, 5).between(0.3, 4)));
    list.add(unary("Tensor.abs()", Tensor::abs).input(x(3, 17).awayFrom(0)));
    list.add(unary("Tensor.negated()", Tensor::negated).input(x(2, 5)));
    list.add(unary("Tensor.squared()", Tensor::squared).input(x(4, 5).between(-2, 2)));
    list.add(unary("Tensor.power(double): 3 of any sign", t -> t.power(3)).input(x(4, 5)));
    list.add(unary("Tensor.power(double): 1", t -> t.power(1)).input(x(3)));
    list.add(
        unary("Tensor.power(double): -1.5", t -> t.power(-1.5)).input(x(4, 5).between(0.5, 2)));
    list.add(unary("Tensor.power(double): 0.25", t -> t.power(.25)).input(x(7).between(0.5, 2)));
    list.add(unary("Tensor.plus(double)", t -> t.plus(0.75)).input(x(3, 2)));
    list.add(unary("Tensor.minus(double)", t -> t.minus(0.75)).input(x(3, 2)));
    list.add(unary("Tensor.times(double)", t -> t.times(-2.5)).input(x(3, 2)));
    list.add(unary("Tensor.times(double): a scalar", t -> t.times(3)).input(x()));
    list.add(unary("Tensor.dividedBy(double)", t -> t.dividedBy(3)).input(x(3, 2)));
    list.add(
        unary("Arithmetic.linear(Tensor, double, double)", t -> Arithmetic.linear(t, -2, 1))
            .input(x(2, 3, 4)));
    list.add(
        unary("Arithmetic.clip(Tensor, double, double)", t -> Arithmetic.clip(t, -0.5, 0.25))
            .input(x(3, 11).awayFrom(-0.5, 0.25)));
    list.add(
        unary(
                "Arithmetic.unary(Unary, double, double, Tensor)",
                t -> Arithmetic.unary(Unary.SOFTPLUS, 0, 0, t))
            .input(x(2, 9).between(-4, 4)));
  }

  private static void addActivations(CheckList list) {
    CheckInput kinked = x(2, 3, 7).between(-3, 3).awayFrom(0);
    CheckInput images = x(2, 5, 3, 4).between(-3, 3).awayFrom(0);
    CheckInput smooth = x(3, 23).between(-4, 4);
    list.add(unary("Activations.relu(Tensor)", Activations::relu).input(kinked));
    list.add(unary("Activations.relu(Tensor): images", Activations::relu).input(images));
    list.add(
        unary("Activations.leakyRelu(Tensor, double)", t -> Activations.leakyRelu(t, 0.1))
            .input(kinked));
    list.add(unary("Activations.elu(Tensor, double)", t -> Activations.elu(t, 1.5)).input(kinked));
    list.add(unary("Activations.gelu(Tensor)", Activations::gelu).input(smooth));
    list.add(unary("Activations.gelu(Tensor): images", Activations::gelu).input(images));
    list.add(unary("Activations.geluTanh(Tensor)", Activations::geluTanh).input(smooth));
    list.add(unary("Activations.tanh(Tensor)", Activations::tanh).input(smooth));
    list.add(unary("Activations.sigmoid(Tensor)", Activations::sigmoid).input(smooth));
    list.add(unary("Activations.softplus(Tensor)", Activations::softplus).input(smooth));
    list.add(unary("Activations.silu(Tensor)", Activations::silu).input(smooth));
  }

  private static void addBinary(CheckList list) {
    list.add(
        GradientCheck.of("Tensor.plus(Tensor): equal shapes", t -> t.get(0).plus(t.get(1)))
            .input(2, 3, 4)
            .input(2, 3, 4));
    list.add(
        GradientCheck.of("Tensor.plus(Tensor): bias", t -> t.get(0).plus(t.get(1)))
            .input(2, 3, 5)
            .input(5));
    list.add(
        GradientCheck.of("Tensor.minus(Tensor): rows and columns", t -> t.get(0).minus(t.get(1)))
            .input(4, 1)
            .input(1, 3));
    list.add(
        GradientCheck.of("Tensor.minus(Tensor): equal shapes", t -> t.get(0).minus(t.get(1)))
            .input(3, 3)
            .input(3, 3));
    list.add(
        GradientCheck.of("Tensor.times(Tensor): channels", t -> t.get(0).times(t.get(1)))
            .input(2, 3, 4, 5)
            .input(3, 1, 1));
    list.add(
        GradientCheck.of("Tensor.times(Tensor): equal shapes", t -> t.get(0).times(t.get(1)))
            .input(3, 4)
            .input(3, 4));
    list.add(
        GradientCheck.of("Tensor.times(Tensor): scalar", t -> t.get(0).times(t.get(1)))
            .input()
            .input(3, 4));
    list.add(
        GradientCheck.of("Tensor.dividedBy(Tensor): columns", t -> t.get(0).dividedBy(t.get(1)))
            .input(2, 1, 3)
            .input(CheckInput.of("divisor", 4, 1).between(0.5, 2)));
    list.add(
        GradientCheck.of("Tensor.dividedBy(Tensor): shapes", t -> t.get(0).dividedBy(t.get(1)))
            .input(CheckInput.of("x", 3, 5).between(0.5, 2))
            .input(CheckInput.of("divisor", 3, 5).between(-2, -0.5)));
    list.add(
        GradientCheck.of(
                "Arithmetic.binary(Binary, Tensor, Tensor): divided",
                t -> Arithmetic.binary(Binary.DIVIDE, t.get(0), t.get(1)))
            .input(2, 3)
            .input(CheckInput.of("divisor", 3).between(0.5, 2)));
  }

  private static void addChoices(CheckList list) {
    for (boolean larger : new boolean[] {true, false}) {
      String name = "Arithmetic." + (larger ? "maximum" : "minimum") + "(Tensor, Tensor): ";
      list.add(
          GradientCheck.of(name + "equal shapes", t -> choose(larger, t.get(0), t.get(1)))
              .input(CheckInput.of("a", 3, 7).distinct())
              .input(CheckInput.of("b", 3, 7).distinct()));
      list.add(
          GradientCheck.of(name + "broadcast", t -> choose(larger, t.get(0), t.get(1)))
              .input(CheckInput.of("a", 2, 1, 4).distinct())
              .input(CheckInput.of("b", 3, 1).distinct()));
    }
    list.add(
        GradientCheck.of(
                "Arithmetic.where(Tensor, Tensor, Tensor): equal shapes",
                (t, session) ->
                    Arithmetic.where(
                        session.mask(new boolean[] {true, false, false, true, true, false}, 2, 3),
                        t.get(0),
                        t.get(1)))
            .input(2, 3)
            .input(2, 3));
    list.add(
        GradientCheck.of(
                "Arithmetic.where(Tensor, Tensor, Tensor): broadcast",
                (t, session) ->
                    Arithmetic.where(
                        session.mask(new boolean[] {true, false, true}, 3, 1), t.get(0), t.get(1)))
            .input(2, 1, 4)
            .input());
  }

  private static Tensor choose(boolean larger, Tensor a, Tensor b) {
    return larger ? Arithmetic.maximum(a, b) : Arithmetic.minimum(a, b);
  }

  private static void addComparisons(CheckList list) {
    list.addValues(
        "Arithmetic.greater(Tensor, Tensor)",
        session -> {
          Tensor y = Arithmetic.greater(column(session), row(session));
          assertThat(y.type()).isEqualTo(ElementType.BOOL);
          assertThat(y.toDoubles()).containsExactly(0, 0, 0, 1, 0, 0);
        });
    list.addValues(
        "Arithmetic.greaterOrEqual(Tensor, Tensor)",
        session ->
            assertThat(Arithmetic.greaterOrEqual(column(session), row(session)).toDoubles())
                .containsExactly(1, 0, 0, 1, 1, 0));
    list.addValues(
        "Arithmetic.equal(Tensor, Tensor)",
        session -> {
          assertThat(Arithmetic.equal(column(session), row(session)).toDoubles())
              .containsExactly(1, 0, 0, 0, 1, 0);
          Tensor ids = session.ids(new long[] {1L << 53, (1L << 53) + 1}, 2);
          assertThat(Arithmetic.equal(ids, ids.slice(0, 1, 2)).toDoubles()).containsExactly(0, 1);
        });
  }

  private static Tensor column(Session session) {
    return session.tensor(new float[] {1, 2}, 2, 1);
  }

  private static Tensor row(Session session) {
    return session.tensor(new float[] {1, 2, 3}, 3);
  }
}
