package org.selfsup4j.core.tensor;

import org.selfsup4j.core.kernel.Binary;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.kernel.Unary;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** Normalisation over the batch, over features, over groups of channels; softmax. */
public final class Normalizations {

  private Normalizations() {}

  /**
   * A batch norm's result.
   *
   * @param output of the input's shape
   * @param mean [C] of the batch, constant
   * @param variance [C] of the batch, biased, constant
   */
  public record BatchNormed(Tensor output, Tensor mean, Tensor variance) {}

  /**
   * Batch norm with the statistics of this batch (Ioffe and Szegedy 2015, algorithm 1), then
   * optionally the sum with a residual, then optionally relu.
   *
   * @param x [N, C], [N, C, L] or [N, C, H, W]
   * @param gamma [C]
   * @param beta [C]
   * @param residual of x's shape, or null
   */
  public static BatchNormed batchNorm(
      Tensor x, Tensor gamma, Tensor beta, double epsilon, Tensor residual, boolean relu) {
    Operation op = Operation.of("batchNorm", x, gamma, beta, residual);
    requireResidual(op.activationType(1), residual);
    requireChannels("batchNorm", x, gamma, beta);
    if (op.session().isInParts()) {
      throw new IllegalStateException(
          "batchNorm: within inParts there may be some rows of the batch only, and their statistics"
              + " are not the batch's: run this network outside of inParts (an encoder with batch"
              + " norm does not treat its images alone)");
    }
    if (x.shape().count() == x.size(1)) {
      throw new ShapeException(
          "batchNorm: shape "
              + x.shape()
              + " has one number a channel, which has no variance: give a larger batch");
    }
    Tensor mean = op.session().empty("batchNorm", gamma.type(), Shape.of(x.size(1)));
    Tensor variance = op.session().empty("batchNorm", gamma.type(), Shape.of(x.size(1)));
    Tensor y = normalise(op, x, gamma, beta, epsilon, true, mean, variance, residual, relu);
    return new BatchNormed(y, mean, variance);
  }

  /** Batch norm with given statistics [C]: evaluation. See {@link #batchNorm}. */
  public static Tensor batchNormWith(
      Tensor mean,
      Tensor variance,
      Tensor x,
      Tensor gamma,
      Tensor beta,
      double epsilon,
      Tensor residual,
      boolean relu) {
    Operation op = Operation.of("batchNorm", x, gamma, beta, residual);
    requireResidual(op.activationType(1), residual);
    requireChannels("batchNorm", x, gamma, beta);
    requireChannels("batchNorm", x, mean, variance);
    if (mean.type() != gamma.type() || variance.type() != gamma.type()) {
      throw new IllegalArgumentException(
          "batchNorm: statistics are " + mean.type() + ", the input is " + x.type());
    }
    return normalise(op, x, gamma, beta, epsilon, false, mean, variance, residual, relu);
  }

  private static void requireResidual(ElementType type, Tensor residual) {
    if (residual != null && residual.type() != type) {
      throw new IllegalArgumentException(
          "batchNorm: the residual is "
              + residual.type()
              + ", the input "
              + type
              + ": use to("
              + type
              + ")");
    }
  }

  private static Tensor normalise(
      Operation op,
      Tensor x,
      Tensor gamma,
      Tensor beta,
      double epsilon,
      boolean batchStatistics,
      Tensor mean,
      Tensor variance,
      Tensor residual,
      boolean relu) {
    if (residual != null && !residual.shape().equals(x.shape())) {
      throw new ShapeException("batchNorm: residual " + residual.shape() + " must be " + x.shape());
    }
    Tensor y = op.resultLike(x, x.type(), x.shape());
    Block x4 = images(x.block());
    Block y4 = images(y.block());
    boolean fused = relu && residual == null;
    Kernels kernels = op.kernels();
    Block workspace =
        fused && op.recording() ? op.saved(ElementType.BOOL, kernels.batchNormWorkspace(x4)) : null;
    kernels.batchNorm(
        x4,
        gamma.block(),
        beta.block(),
        epsilon,
        batchStatistics,
        fused,
        mean.block(),
        variance.block(),
        y4,
        workspace);
    if (residual != null) {
      kernels.binary(Binary.ADD, y.block(), residual.block(), y.block());
      if (relu) {
        kernels.unary(Unary.RELU, 0, 0, y.block(), y.block());
      }
    }
    return op.record(
        y,
        g -> {
          Kernels k = g.kernels();
          Block dy = residual == null ? g.upstream() : residualGradient(g, y, relu);
          Block dx = g.target(0);
          k.batchNormBackward(
              images(x.block()),
              gamma.block(),
              epsilon,
              batchStatistics,
              mean.block(),
              variance.block(),
              workspace,
              images(dy),
              dx == null ? null : images(dx),
              g.target(1),
              g.target(2));
        });
  }

  /**
   * Gives the residual, input 3, its gradient and returns the normalised branch's, the same one.
   */
  private static Block residualGradient(Gradients g, Tensor y, boolean relu) {
    Block dy = g.upstream();
    if (!relu) {
      g.share(3, dy);
      return dy;
    }
    Block masked = g.wanted(3) ? g.target(3) : g.scratch(y.type(), y.shape().raw());
    g.kernels().unaryBackward(Unary.RELU, 0, 0, y.block(), dy, masked);
    return masked;
  }

  /** Any [N, C, ...] as [N, C, H, W]. */
  private static Block images(Block block) {
    long[] shape = {block.size(0), block.size(1), 1, 1};
    long[] strides = {block.stride(0), block.stride(1), 1, 1};
    for (int i = 2; i < block.rank(); i++) {
      shape[i + 4 - block.rank()] = block.size(i);
      strides[i + 4 - block.rank()] = block.stride(i);
    }
    return block.view(0, shape, strides);
  }

  /**
   * Layer norm over the last axes, as many as {@code gamma} has (Ba, Kiros and Hinton 2016).
   *
   * @param gamma of the sizes of the last axes
   * @param beta like gamma
   */
  public static Tensor layerNorm(Tensor x, Tensor gamma, Tensor beta, double epsilon) {
    int axes = gamma.rank();
    if (axes < 1 || !endsWith(x.shape(), gamma.shape()) || !gamma.shape().equals(beta.shape())) {
      throw new ShapeException(
          "layerNorm: gamma "
              + gamma.shape()
              + " and beta "
              + beta.shape()
              + " must have the sizes of the last axes of "
              + x.shape());
    }
    if (axes > 1) {
      Tensor flat = flattenLast(x, axes);
      Tensor y = layerNorm(flat, gamma.reshape(-1), beta.reshape(-1), epsilon);
      return y.reshape(x.shape().raw());
    }
    return layerNormLast(x, gamma, beta, epsilon, x.type());
  }

  /**
   * Layer norm over the last axis with a result of {@code type}, which saves a conversion where the
   * next layer takes BFLOAT16.
   *
   * @param gamma [D]
   * @param beta [D]
   * @param type x's, or BFLOAT16 for x in FLOAT
   */
  public static Tensor layerNorm(
      Tensor x, Tensor gamma, Tensor beta, double epsilon, ElementType type) {
    boolean narrows = type == ElementType.BFLOAT16 && x.type() == ElementType.FLOAT;
    if (type != x.type() && !narrows) {
      throw new IllegalArgumentException(
          "layerNorm: " + x.type() + " to " + type + ": only FLOAT to BFLOAT16 is fused; use to()");
    }
    if (gamma.rank() != 1 || x.size(-1) != gamma.size(0) || !gamma.shape().equals(beta.shape())) {
      throw new ShapeException(
          "layerNorm: gamma "
              + gamma.shape()
              + " and beta "
              + beta.shape()
              + " must be [D] of the input [..., D] "
              + x.shape());
    }
    return layerNormLast(x, gamma, beta, epsilon, type);
  }

  private static boolean endsWith(Shape shape, Shape last) {
    int lead = shape.rank() - last.rank();
    boolean fits = lead >= 0;
    for (int i = 0; fits && i < last.rank(); i++) {
      fits = shape.size(lead + i) == last.size(i);
    }
    return fits;
  }

  /** Layer norm over the last axis without gamma and beta. */
  public static Tensor standardizeLast(Tensor x, double epsilon) {
    return layerNormLast(x, null, null, epsilon, x.type());
  }

  private static Tensor layerNormLast(
      Tensor x, Tensor gamma, Tensor beta, double epsilon, ElementType type) {
    Operation op = Operation.of("layerNorm", x, gamma, beta);
    ElementType given = op.activationType(1);
    Tensor y = op.result(type, x.shape());
    long[] rows = java.util.Arrays.copyOf(x.shape().raw(), x.rank() - 1);
    ElementType statistics = given == ElementType.BFLOAT16 ? ElementType.FLOAT : given;
    Block mean = op.saved(statistics, rows);
    Block variance = op.saved(statistics, rows);
    Block scale = gamma == null ? null : gamma.block();
    op.kernels()
        .layerNorm(
            x.block(),
            scale,
            beta == null ? null : beta.block(),
            epsilon,
            y.block(),
            mean,
            variance);
    return op.record(
        y,
        g ->
            g.kernels()
                .layerNormBackward(
                    x.block(),
                    scale,
                    epsilon,
                    mean,
                    variance,
                    g.upstream(),
                    g.target(0),
                    g.target(1),
                    g.target(2)));
  }

  /**
   * Group norm (Wu and He 2018): statistics of each image over {@code groups} runs of channels.
   *
   * @param x [N, C, ...]
   * @param gamma [C]
   * @param beta [C]
   */
  public static Tensor groupNorm(Tensor x, int groups, Tensor gamma, Tensor beta, double epsilon) {
    requireChannels("groupNorm", x, gamma, beta);
    if (groups < 1 || x.size(1) % groups != 0) {
      throw new ShapeException(
          "groupNorm: " + x.size(1) + " channels do not divide into " + groups + " groups");
    }
    Tensor y = standardizeLast(x.reshape(x.size(0), groups, -1), epsilon);
    long[] channels = new long[x.rank() - 1];
    java.util.Arrays.fill(channels, 1);
    channels[0] = x.size(1);
    return y.reshape(x.shape().raw()).times(gamma.reshape(channels)).plus(beta.reshape(channels));
  }

  /** Softmax along {@code axis}. */
  public static Tensor softmax(Tensor x, int axis) {
    return softmax(false, x, axis);
  }

  /** The logarithm of the softmax along {@code axis}. */
  public static Tensor logSoftmax(Tensor x, int axis) {
    return softmax(true, x, axis);
  }

  private static Tensor softmax(boolean logarithm, Tensor x, int axis) {
    int front = x.shape().axis(axis);
    if (front != x.rank() - 1) {
      Tensor last = Views.transpose(x, front, -1);
      return Views.transpose(softmax(logarithm, last, -1), front, -1);
    }
    Operation op = Operation.of(logarithm ? "logSoftmax" : "softmax", x);
    op.sameRealType();
    Tensor y = op.result(x.type(), x.shape());
    op.kernels().softmax(logarithm, x.block(), y.block());
    return op.record(
        y, g -> g.kernels().softmaxBackward(logarithm, y.block(), g.upstream(), g.target(0)));
  }

  private static Tensor flattenLast(Tensor x, int axes) {
    long[] shape = java.util.Arrays.copyOf(x.shape().raw(), x.rank() - axes + 1);
    shape[shape.length - 1] = -1;
    return x.reshape(shape);
  }

  private static void requireChannels(String name, Tensor x, Tensor gamma, Tensor beta) {
    if (x.rank() < 2
        || x.rank() > 4
        || gamma.rank() != 1
        || gamma.size(0) != x.size(1)
        || !beta.shape().equals(gamma.shape())) {
      throw new ShapeException(
          name
              + ": gamma or mean "
              + gamma.shape()
              + " and beta or variance "
              + beta.shape()
              + " must be [C] of the input [N, C, ...] "
              + x.shape());
    }
  }
}
