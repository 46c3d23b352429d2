package org.selfsup4j.testkit.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.tensor.Normalizations;
import org.selfsup4j.core.tensor.Normalizations.BatchNormed;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.testkit.CheckInput;
import org.selfsup4j.testkit.GradientCheck;
import org.selfsup4j.testkit.Layout;

/** Batch, layer and group norm, softmax. */
final class NormalizationChecks {

  private static final String BATCH =
      "Normalizations.batchNorm(Tensor, Tensor, Tensor, double, Tensor, boolean): ";
  private static final String BATCH_WITH =
      "Normalizations.batchNormWith(Tensor, Tensor, Tensor, Tensor, Tensor, double, Tensor,"
          + " boolean): ";

  private NormalizationChecks() {}

  static void addTo(CheckList list) {
    long[][] shapes = {{6, 3}, {3, 2, 5}, {3, 2, 2, 3}, {1, 4, 3, 5}};
    for (long[] shape : shapes) {
      for (boolean residual : new boolean[] {false, true}) {
        for (boolean relu : new boolean[] {false, true}) {
          addBatchNorm(list, residual, relu, shape);
        }
      }
    }
    list.addValues(
        "Normalizations.batchNorm(Tensor, Tensor, Tensor, double, Tensor, boolean): statistics",
        NormalizationChecks::statistics);
    addLayerNorm(list);
    addGroupNorm(list);
    addSoftmax(list);
  }

  /** Values are spread so that no normalised number comes near the kink of relu by chance. */
  private static void addBatchNorm(CheckList list, boolean residual, boolean relu, long... shape) {
    String example =
        shape.length + " axes" + (residual ? ", residual" : "") + (relu ? ", relu" : "");
    if (shape[0] == 1) {
      example += ", one image";
    }
    long channels = shape[1];
    GradientCheck batch =
        GradientCheck.of(
            BATCH + example,
            t ->
                Normalizations.batchNorm(
                        t.get(0), t.get(1), t.get(2), 1e-3, residual ? t.get(3) : null, relu)
                    .output());
    list.add(
        inputs(batch, residual, channels, shape)
            .without(Layout.REPEATED_FIRST, Layout.REPEATED_LAST));
    GradientCheck given =
        GradientCheck.of(
            BATCH_WITH + example,
            (t, session) ->
                Normalizations.batchNormWith(
                    vector(session, t.get(0), 0.1, channels),
                    vector(session, t.get(0), 0.7, channels),
                    t.get(0),
                    t.get(1),
                    t.get(2),
                    1e-5,
                    residual ? t.get(3) : null,
                    relu));
    list.add(inputs(given, residual, channels, shape));
  }

  private static GradientCheck inputs(
      GradientCheck check, boolean residual, long channels, long... shape) {
    GradientCheck with =
        check
            .input(CheckInput.of("x", shape).distinct())
            .input(CheckInput.of("gamma", channels).between(0.5, 1.5))
            .input(CheckInput.of("beta", channels).between(-0.1, 0.1));
    return residual ? with.input(CheckInput.of("residual", shape)) : with;
  }

  private static Tensor vector(Session session, Tensor like, double first, long channels) {
    double[] values = new double[(int) channels];
    for (int i = 0; i < values.length; i++) {
      values[i] = first + 0.1 * i;
    }
    return session.tensor(like.type(), values, channels);
  }

  private static void statistics(Session session) {
    Tensor x = session.tensor(new float[] {1, 10, 3, 20, 5, 60}, 3, 2);
    Tensor gamma = session.full(ElementType.FLOAT, 1, 2);
    Tensor beta = session.full(ElementType.FLOAT, 0, 2);
    BatchNormed y = Normalizations.batchNorm(x, gamma, beta, 0, null, false);
    assertThat(y.mean().toDoubles()).containsExactly(new double[] {3, 30}, within(1e-5));
    assertThat(y.variance().toDoubles())
        .containsExactly(new double[] {8.0 / 3, 1400.0 / 3}, within(1e-3));
  }

  private static void addLayerNorm(CheckList list) {
    String name = "Normalizations.layerNorm(Tensor, Tensor, Tensor, double): ";
    list.add(
        GradientCheck.of(
                name + "last axis",
                t -> Normalizations.layerNorm(t.get(0), t.get(1), t.get(2), 1e-5))
            .input(CheckInput.of("x", 2, 3, 5))
            .input(CheckInput.of("gamma", 5))
            .input(CheckInput.of("beta", 5))
            .without(Layout.REPEATED_LAST));
    list.add(
        GradientCheck.of(
                name + "one vector",
                t -> Normalizations.layerNorm(t.get(0), t.get(1), t.get(2), 1e-3))
            .input(CheckInput.of("x", 4))
            .input(CheckInput.of("gamma", 4))
            .input(CheckInput.of("beta", 4))
            .withoutSharing()
            .without(Layout.REPEATED_FIRST, Layout.REPEATED_LAST));
    list.add(
        GradientCheck.of(
                name + "two axes",
                t -> Normalizations.layerNorm(t.get(0), t.get(1), t.get(2), 1e-5))
            .input(CheckInput.of("x", 3, 2, 4))
            .input(CheckInput.of("gamma", 2, 4))
            .input(CheckInput.of("beta", 2, 4)));
    list.add(
        GradientCheck.of(
                "Normalizations.layerNorm(Tensor, Tensor, Tensor, double, ElementType)",
                t -> Normalizations.layerNorm(t.get(0), t.get(1), t.get(2), 1e-5, t.get(0).type()))
            .input(CheckInput.of("x", 2, 3, 5))
            .input(CheckInput.of("gamma", 5))
            .input(CheckInput.of("beta", 5))
            .without(Layout.REPEATED_LAST));
    list.add(
        GradientCheck.of(
                "Normalizations.standardizeLast(Tensor, double)",
                t -> Normalizations.standardizeLast(t.get(0), 1e-6))
            .input(CheckInput.of("x", 3, 7))
            .without(Layout.REPEATED_LAST));
  }

  private static void addGroupNorm(CheckList list) {
    for (int groups : new int[] {1, 2, 4}) {
      for (long[] shape : new long[][] {{2, 4, 3, 2}, {3, 4, 5}}) {
        list.add(
            GradientCheck.of(
                    "Normalizations.groupNorm(Tensor, int, Tensor, Tensor, double): "
                        + groups
                        + " groups, "
                        + shape.length
                        + " axes",
                    t -> Normalizations.groupNorm(t.get(0), groups, t.get(1), t.get(2), 1e-5))
                .input(CheckInput.of("x", shape))
                .input(CheckInput.of("gamma", 4))
                .input(CheckInput.of("beta", 4))
                .without(Layout.REPEATED_LAST));
      }
    }
  }

  private static void addSoftmax(CheckList list) {
    CheckInput x = CheckInput.of("x", 2, 3, 5).between(-4, 4);
    for (int axis : new int[] {-1, 0, 1}) {
      list.add(
          GradientCheck.of(
                  "Normalizations.softmax(Tensor, int): axis " + axis,
                  t -> Normalizations.softmax(t.get(0), axis))
              .input(x));
      list.add(
          GradientCheck.of(
                  "Normalizations.logSoftmax(Tensor, int): axis " + axis,
                  t -> Normalizations.logSoftmax(t.get(0), axis))
              .input(x));
    }
    list.add(
        GradientCheck.of(
                "Normalizations.softmax(Tensor, int): one vector",
                t -> Normalizations.softmax(t.get(0), 0))
            .input(7));
    list.add(
        GradientCheck.of(
                "Normalizations.logSoftmax(Tensor, int): large numbers",
                t -> Normalizations.logSoftmax(t.get(0), 1))
            .input(CheckInput.of("x", 3, 4).between(1000, 1003)));
  }
}
