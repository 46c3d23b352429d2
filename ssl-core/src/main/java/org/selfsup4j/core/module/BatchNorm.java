package org.selfsup4j.core.module;

import org.selfsup4j.core.tensor.Normalizations;
import org.selfsup4j.core.tensor.Normalizations.BatchNormed;
import org.selfsup4j.core.tensor.Tensor;

/**
 * Batch norm: by the statistics of the batch in training, which the running ones follow; by the
 * running ones in evaluation.
 *
 * @param weight [C], gamma: a parameter, or a buffer of ones where it is not learned
 * @param bias [C], beta: a parameter, or a buffer of zeros where it is not learned
 * @param runningMean [C]
 * @param runningVariance [C], unbiased
 * @param epsilon added to the variance
 * @param momentum share of the new batch in the running statistics
 */
public record BatchNorm(
    State weight,
    State bias,
    Buffer runningMean,
    Buffer runningVariance,
    double epsilon,
    double momentum)
    implements Module {

  /** Gamma 1, beta 0, epsilon 1e-5, momentum .1: PyTorch's default. */
  public static BatchNorm of(int channels) {
    double[] ones = new double[channels];
    java.util.Arrays.fill(ones, 1);
    return new BatchNorm(
        Initial.constant(1, channels),
        Initial.constant(0, channels),
        Buffer.of(new double[channels], channels),
        Buffer.of(ones, channels),
        1e-5,
        0.1);
  }

  /** The same without gamma and beta to learn: the last layer of many projection heads. */
  public static BatchNorm withoutScale(int channels) {
    BatchNorm scaled = of(channels);
    return new BatchNorm(
        Buffer.of(scaled.weight.toDoubles(), channels),
        Buffer.of(scaled.bias.toDoubles(), channels),
        scaled.runningMean,
        scaled.runningVariance,
        scaled.epsilon,
        scaled.momentum);
  }

  /** [N, C, ...] normalised. */
  public Tensor apply(Tensor x, Pass pass) {
    return apply(x, null, false, pass);
  }

  /** [N, C, ...] normalised, then relu. */
  public Tensor applyRelu(Tensor x, Pass pass) {
    return apply(x, null, true, pass);
  }

  /** [N, C, ...] normalised, {@code residual} added unless it is null, then relu if asked. */
  public Tensor apply(Tensor x, Tensor residual, boolean relu, Pass pass) {
    if (!pass.training()) {
      return Normalizations.batchNormWith(
          runningMean.in(pass),
          runningVariance.in(pass),
          x,
          weight.in(pass),
          bias.in(pass),
          epsilon,
          residual,
          relu);
    }
    BatchNormed normed =
        Normalizations.batchNorm(x, weight.in(pass), bias.in(pass), epsilon, residual, relu);
    double n = (double) x.shape().count() / x.size(1);
    runningMean.blend(normed.mean(), momentum, 1, pass);
    runningVariance.blend(normed.variance(), momentum, n / (n - 1), pass);
    return normed.output();
  }
}
