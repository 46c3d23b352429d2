package org.selfsup4j.core.kernel;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** Layer norm, batch norm, softmax; gradients against central differences of the plain forms. */
interface NormalisationContract extends KernelsUnderTest {

  double EPSILON = 1e-5;

  /** Normalised over {@code axis} alone (layer norm) or all others (batch norm). */
  private static Numbers normalise(
      Numbers x, boolean layer, Numbers gamma, Numbers beta, Numbers mean, Numbers variance) {
    int axis = layer ? x.shape.length - 1 : 1;
    return Numbers.build(
        i -> {
          int group = layer ? x.place(i) / (int) x.shape[axis] : (int) i[1];
          double normal =
              (x.at(i) - mean.values[group]) / Math.sqrt(variance.values[group] + EPSILON);
          int gain = (int) i[axis];
          return gamma == null ? normal : normal * gamma.values[gain] + beta.values[gain];
        },
        x.shape);
  }

  /** Mean, and mean of squared deviations from {@code centre}, of each group. */
  private static Numbers moments(Numbers x, boolean layer, Numbers centre) {
    int width = (int) x.shape[layer ? x.shape.length - 1 : 1];
    int groups = layer ? x.values.length / width : width;
    Numbers sums = Numbers.zeros(groups);
    long[] index = new long[x.shape.length];
    for (int i = 0; i < x.values.length; i++) {
      int group = layer ? i / width : (int) index[1];
      double v = centre == null ? x.values[i] : Math.pow(x.values[i] - centre.values[group], 2);
      sums.values[group] += v * groups / x.values.length;
      Numbers.advance(index, x.shape);
    }
    return sums;
  }

  private static Numbers plain(Numbers x, boolean layer, Numbers gamma, Numbers beta) {
    Numbers mean = moments(x, layer, null);
    return normalise(x, layer, gamma, beta, mean, moments(x, layer, mean));
  }

  @ParameterizedTest
  @MethodSource(ElementwiseContract.CASES)
  default void layerNorms(ElementType type, Layout layout) {
    for (long[] shape : new long[][] {{4}, {3, 4}, {2, 3, 7}, {2, 2, 3, 5}}) {
      for (boolean gains : new boolean[] {true, false}) {
        try (Memory memory = new Memory()) {
          long width = shape[shape.length - 1];
          Numbers x = Numbers.random(1, shape);
          Numbers gamma = gains ? Numbers.random(2, width) : null;
          Numbers beta = gains ? Numbers.random(3, width) : null;
          Block input = memory.put(type, layout, x);
          Block scale = gains ? memory.put(type, layout, gamma) : null;
          Block shift = gains ? memory.put(type, layout, beta) : null;
          Block y = memory.room(type, layout, shape);
          long[] lead = java.util.Arrays.copyOf(shape, shape.length - 1);
          Block mean = memory.room(type, Layout.ROWS, lead);
          Block variance = memory.room(type, Layout.ROWS, lead);
          kernels().layerNorm(input, scale, shift, EPSILON, y, null, null);
          check(memory, "layer norm", y, plain(x, true, gamma, beta));
          kernels().layerNorm(input, scale, shift, EPSILON, y, mean, variance);
          check(memory, "layer norm", y, plain(x, true, gamma, beta));
          Numbers means = moments(x, true, null);
          check(memory, "mean", mean, means.reshape(lead));
          check(memory, "variance", variance, moments(x, true, means).reshape(lead));

          Numbers dy = Numbers.random(4, shape);
          Block given = memory.put(type, layout, dy);
          Block dx = memory.room(type, layout, shape);
          Block dgamma = gains ? memory.room(type, layout, width) : null;
          Block dbeta = gains ? memory.room(type, layout, width) : null;
          kernels()
              .layerNormBackward(input, scale, EPSILON, mean, variance, given, dx, dgamma, dbeta);
          nearly(memory, "gradient", dx, x.gradient(v -> plain(v, true, gamma, beta).dot(dy)));
          if (gains) {
            nearly(
                memory, "gradient", dgamma, gamma.gradient(v -> plain(x, true, v, beta).dot(dy)));
            nearly(memory, "gradient", dbeta, beta.gradient(v -> plain(x, true, gamma, v).dot(dy)));
            kernels()
                .layerNormBackward(input, scale, EPSILON, mean, variance, given, null, null, dbeta);
            nearly(memory, "gradient", dbeta, beta.gradient(v -> plain(x, true, gamma, v).dot(dy)));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  default void variancesOfFarAwayNumbers(ElementType type) {
    try (Memory memory = new Memory()) {
      Numbers x = Numbers.random(1, 2, 64).map(v -> v + 1024); // exact in float
      Block y = memory.room(type, Layout.ROWS, 2, 64);
      kernels().layerNorm(memory.rows(type, x), null, null, EPSILON, y, null, null);
      Numbers want = plain(x, true, null, null);
      double tolerance = type == ElementType.FLOAT ? 1e-3 : 1e-9;
      KernelsUnderTest.close("layer norm", type, memory.get(y), want, tolerance);
    }
  }

  @ParameterizedTest
  @MethodSource(ElementwiseContract.CASES)
  default void batchNorms(ElementType type, Layout layout) {
    for (long[] shape : new long[][] {{4, 3, 2, 3}, {5, 4, 1, 1}, {3, 8, 4, 4}}) {
      for (boolean batch : new boolean[] {true, false}) {
        for (boolean relu : new boolean[] {true, false}) {
          batchNorm(type, layout, batch, relu, shape);
        }
      }
    }
  }

  private void batchNorm(
      ElementType type, Layout layout, boolean batch, boolean relu, long... shape) {
    try (Memory memory = new Memory()) {
      long width = shape[1];
      Numbers x = Numbers.random(1, shape);
      Numbers gamma = Numbers.random(2, width);
      Numbers beta = Numbers.random(3, width);
      Numbers means = batch ? moments(x, false, null) : Numbers.random(5, width);
      Numbers variances =
          batch ? moments(x, false, means) : Numbers.random(6, width).map(v -> Math.abs(v) + 0.5);
      Block input = memory.put(type, layout, x);
      Block scale = memory.rows(type, gamma);
      Block shift = memory.rows(type, beta);
      Block mean = memory.room(type, Layout.ROWS, width);
      Block variance = memory.room(type, Layout.ROWS, width);
      if (!batch) {
        memory.set(mean, means);
        memory.set(variance, variances);
      }
      Block y = memory.room(type, layout, shape);
      Block workspace =
          relu
              ? memory.room(ElementType.BOOL, Layout.ROWS, kernels().batchNormWorkspace(input))
              : null;
      kernels().batchNorm(input, scale, shift, EPSILON, batch, relu, mean, variance, y, workspace);
      Numbers linear = normalise(x, false, gamma, beta, means, variances);
      check(memory, "batch norm", y, relu ? linear.map(v -> Math.max(v, 0)) : linear);
      check(memory, "mean", mean, means);
      check(memory, "variance", variance, variances);
      if (relu) {
        Block again = memory.room(type, layout, shape);
        kernels().batchNorm(input, scale, shift, EPSILON, batch, true, mean, variance, again, null);
        check(memory, "without a backward pass", again, linear.map(v -> Math.max(v, 0)));
      }

      Numbers dy = Numbers.random(4, shape);
      Numbers mask = linear.map(v -> relu && v <= 0 ? 0 : 1);
      Numbers given = Numbers.build(i -> dy.at(i) * mask.at(i), shape);
      Block dx = memory.room(type, layout, shape);
      Block dgamma = memory.room(type, Layout.ROWS, width);
      Block dbeta = memory.room(type, Layout.ROWS, width);
      kernels()
          .batchNormBackward(
              input,
              scale,
              EPSILON,
              batch,
              mean,
              variance,
              workspace,
              memory.put(type, layout, dy),
              dx,
              dgamma,
              dbeta);
      Numbers want =
          x.gradient(
              v ->
                  (batch
                          ? plain(v, false, gamma, beta)
                          : normalise(v, false, gamma, beta, means, variances))
                      .dot(given));
      nearly(memory, "gradient", dx, want);
      nearly(
          memory,
          "gradient",
          dgamma,
          gamma.gradient(v -> normalise(x, false, v, beta, means, variances).dot(given)));
      nearly(
          memory,
          "gradient",
          dbeta,
          beta.gradient(v -> normalise(x, false, gamma, v, means, variances).dot(given)));
    }
  }

  private static Numbers softmax(boolean logarithm, Numbers x) {
    int width = (int) x.shape[x.shape.length - 1];
    Numbers y = Numbers.zeros(x.shape);
    for (int row = 0; row < x.values.length; row += width) {
      double largest = Double.NEGATIVE_INFINITY;
      for (int i = row; i < row + width; i++) {
        largest = Math.max(largest, x.values[i]);
      }
      double sum = 0;
      for (int i = row; i < row + width; i++) {
        sum += Math.exp(x.values[i] - largest);
      }
      for (int i = row; i < row + width; i++) {
        double log = x.values[i] - largest - Math.log(sum);
        y.values[i] = logarithm ? log : Math.exp(log);
      }
    }
    return y;
  }

  @ParameterizedTest
  @MethodSource(ElementwiseContract.CASES)
  default void softmaxes(ElementType type, Layout layout) {
    for (long[] shape : new long[][] {{1}, {5}, {3, 4}, {2, 3, 4}, {2, 2, 3, 65}}) {
      for (boolean logarithm : new boolean[] {false, true}) {
        try (Memory memory = new Memory()) {
          Numbers x = Numbers.random(1, shape);
          Numbers want = softmax(logarithm, x);
          Block input = memory.put(type, layout, x);
          Block y = memory.room(type, layout, shape);
          kernels().softmax(logarithm, input, y);
          check(memory, "softmax", y, want);
          kernels().softmax(logarithm, input, input);
          check(memory, "softmax in place", input, want);

          Numbers dy = Numbers.random(2, shape);
          Numbers gradient = x.gradient(v -> softmax(logarithm, v).dot(dy));
          Block given = memory.put(type, layout, dy);
          Block dx = memory.room(type, layout, shape);
          kernels().softmaxBackward(logarithm, y, given, dx);
          nearly(memory, "gradient", dx, gradient);
          kernels().softmaxBackward(logarithm, y, given, given);
          nearly(memory, "gradient", given, gradient);
          memory.set(given, dy);
          kernels().softmaxBackward(logarithm, y, given, y);
          nearly(memory, "gradient", y, gradient);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  default void largeLogits(ElementType type) {
    try (Memory memory = new Memory()) {
      double none = Double.NEGATIVE_INFINITY;
      Numbers x = Numbers.of(1000, 999, -1000, none, -5000, -5001, none, none).reshape(2, 4);
      for (boolean logarithm : new boolean[] {false, true}) {
        Block y = memory.room(type, Layout.ROWS, 2, 4);
        kernels().softmax(logarithm, memory.rows(type, x), y);
        check(memory, "large logits", y, softmax(logarithm, x));
      }
    }
  }
}
