package org.selfsup4j.core.kernel.onednn;

import org.selfsup4j.core.kernel.Binary;
import org.selfsup4j.core.kernel.CallCounts;
import org.selfsup4j.core.kernel.Epilogue;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.kernel.Reduction;
import org.selfsup4j.core.kernel.Unary;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/**
 * Kernels on oneDNN, for FLOAT in the host's memory; what oneDNN does not compute, or not as the
 * contract says, is handed to the portable set.
 */
public final class OneDnnKernels implements Kernels {

  private final Kernels portable;
  private final Context context;
  private final Elementwise elementwise;
  private final Binaries binaries;
  private final Products products;
  private final Convolutions convolutions;
  private final BatchNorms batchNorms;
  private final LayerNorms layerNorms;
  private final Softmaxes softmaxes;

  /** Kernels that hand what they do not compute to {@code portable}. */
  public OneDnnKernels(Kernels portable) {
    this.portable = portable;
    this.context = new Context();
    this.elementwise = new Elementwise(context);
    this.binaries = new Binaries(context);
    this.products = new Products(context);
    this.convolutions = new Convolutions(context);
    this.batchNorms = new BatchNorms(context);
    this.layerNorms = new LayerNorms(context);
    this.softmaxes = new Softmaxes(context);
  }

  @Override
  public String name() {
    return OneDnnProvider.NAME;
  }

  @Override
  public CallCounts calls() {
    return context.counts();
  }

  /** Whether this set computes on {@code y}; if so, scratch memory is free for the call. */
  private boolean mine(Block y) {
    if (y.type() != ElementType.FLOAT || y.count() == 0) {
      return false;
    }
    context.scratch().reset();
    return true;
  }

  /** The portable set, for one call of {@code operation}. */
  private Kernels portable(String operation) {
    context.counts().count(operation, portable.name());
    return portable;
  }

  @Override
  public void fill(Block y, double value) {
    portable("fill").fill(y, value);
  }

  @Override
  public void copy(Block x, Block y) {
    boolean bytes = x.type() == ElementType.BOOL && y.type() == ElementType.BOOL;
    if (y.count() > 0 && (bytes || (x.type() == ElementType.FLOAT && mine(y)))) {
      context.count("copy", context.copies().copy(x, y));
    } else {
      portable("copy").copy(x, y);
    }
  }

  @Override
  public void unary(Unary f, double a, double b, Block x, Block y) {
    if (mine(y) && Elementwise.serves(f)) {
      elementwise.unary(f, a, b, x, y);
    } else {
      portable("unary." + f).unary(f, a, b, x, y);
    }
  }

  @Override
  public void unaryBackward(Unary f, double a, double b, Block x, Block dy, Block dx) {
    if (mine(dx) && Elementwise.servesBackward(f)) {
      elementwise.unaryBackward(f, a, b, x, dy, dx);
    } else {
      portable("unaryBackward." + f).unaryBackward(f, a, b, x, dy, dx);
    }
  }

  @Override
  public void binary(Binary f, Block a, Block b, Block y) {
    if (!(mine(a) && binaries.binary(f, a, b, y))) {
      portable("binary." + f).binary(f, a, b, y);
    }
  }

  @Override
  public void addScaled(double alpha, Block x, double beta, Block y) {
    if (alpha == 1 && beta == 1 && mine(y)) {
      binaries.binary(Binary.ADD, y, x, y);
    } else {
      portable("addScaled").addScaled(alpha, x, beta, y);
    }
  }

  @Override
  public void where(Block mask, Block a, Block b, Block y) {
    portable("where").where(mask, a, b, y);
  }

  @Override
  public void reduce(Reduction f, Block x, Block y) {
    portable("reduce." + f).reduce(f, x, y);
  }

  @Override
  public void argMax(int axis, Block x, Block y) {
    portable("argMax").argMax(axis, x, y);
  }

  @Override
  public double sumOfSquares(Block x) {
    return portable("sumOfSquares").sumOfSquares(x);
  }

  @Override
  public void matmul(Block a, Block b, Epilogue epilogue, Block c, boolean accumulate) {
    if (a.count() > 0 && mine(c)) {
      products.matmul(a, b, epilogue, c, accumulate);
    } else {
      portable("matmul").matmul(a, b, epilogue, c, accumulate);
    }
  }

  @Override
  public void convolution(Window window, int groups, Block x, Block w, Epilogue epilogue, Block y) {
    if (mine(y)) {
      convolutions.convolution(window, groups, x, w, epilogue, y);
    } else {
      portable("convolution").convolution(window, groups, x, w, epilogue, y);
    }
  }

  @Override
  public void convolutionInput(Window window, int groups, Block w, Block dy, Block dx) {
    if (mine(dx)) {
      convolutions.convolutionInput(window, groups, w, dy, dx);
    } else {
      portable("convolutionInput").convolutionInput(window, groups, w, dy, dx);
    }
  }

  @Override
  public void convolutionWeights(Window window, int groups, Block x, Block dy, Block dw) {
    if (mine(dw)) {
      convolutions.convolutionWeights(window, groups, x, dy, dw);
    } else {
      portable("convolutionWeights").convolutionWeights(window, groups, x, dy, dw);
    }
  }

  @Override
  public long maxPoolWorkspace(Window window, Block x, Block y) {
    return portable.maxPoolWorkspace(window, x, y);
  }

  @Override
  public void maxPool(Window window, Block x, Block y, Block workspace) {
    portable("maxPool").maxPool(window, x, y, workspace);
  }

  @Override
  public void maxPoolBackward(
      Window window, Block x, Block y, Block workspace, Block dy, Block dx) {
    portable("maxPoolBackward").maxPoolBackward(window, x, y, workspace, dy, dx);
  }

  @Override
  public void averagePool(Window window, boolean countPadding, Block x, Block y) {
    portable("averagePool").averagePool(window, countPadding, x, y);
  }

  @Override
  public void averagePoolBackward(Window window, boolean countPadding, Block dy, Block dx) {
    portable("averagePoolBackward").averagePoolBackward(window, countPadding, dy, dx);
  }

  @Override
  public void layerNorm(
      Block x, Block gamma, Block beta, double epsilon, Block y, Block mean, Block variance) {
    if (mine(y)) {
      layerNorms.forward(x, gamma, beta, epsilon, y, mean, variance);
    } else {
      portable("layerNorm").layerNorm(x, gamma, beta, epsilon, y, mean, variance);
    }
  }

  @Override
  public void layerNormBackward(
      Block x,
      Block gamma,
      double epsilon,
      Block mean,
      Block variance,
      Block dy,
      Block dx,
      Block dgamma,
      Block dbeta) {
    if (mine(x)) {
      layerNorms.backward(x, gamma, epsilon, mean, variance, dy, dx, dgamma, dbeta);
    } else {
      portable("layerNormBackward")
          .layerNormBackward(x, gamma, epsilon, mean, variance, dy, dx, dgamma, dbeta);
    }
  }

  @Override
  public long batchNormWorkspace(Block x) {
    return mine(x) ? batchNorms.workspace(x) : portable.batchNormWorkspace(x);
  }

  @Override
  public void batchNorm(
      Block x,
      Block gamma,
      Block beta,
      double epsilon,
      boolean batchStatistics,
      boolean relu,
      Block mean,
      Block variance,
      Block y,
      Block workspace) {
    if (mine(y)) {
      batchNorms.forward(
          x, gamma, beta, epsilon, batchStatistics, relu, mean, variance, y, workspace);
    } else {
      portable("batchNorm")
          .batchNorm(x, gamma, beta, epsilon, batchStatistics, relu, mean, variance, y, workspace);
    }
  }

  @Override
  public void batchNormBackward(
      Block x,
      Block gamma,
      double epsilon,
      boolean batchStatistics,
      Block mean,
      Block variance,
      Block workspace,
      Block dy,
      Block dx,
      Block dgamma,
      Block dbeta) {
    if (mine(x)) {
      batchNorms.backward(
          x, gamma, epsilon, batchStatistics, mean, variance, workspace, dy, dx, dgamma, dbeta);
    } else {
      portable("batchNormBackward")
          .batchNormBackward(
              x, gamma, epsilon, batchStatistics, mean, variance, workspace, dy, dx, dgamma, dbeta);
    }
  }

  @Override
  public void softmax(boolean logarithm, Block x, Block y) {
    if (mine(y)) {
      softmaxes.softmax(logarithm, x, y);
    } else {
      portable("softmax").softmax(logarithm, x, y);
    }
  }

  @Override
  public void softmaxBackward(boolean logarithm, Block y, Block dy, Block dx) {
    if (mine(y)) {
      softmaxes.softmaxBackward(logarithm, y, dy, dx);
    } else {
      portable("softmaxBackward").softmaxBackward(logarithm, y, dy, dx);
    }
  }

  @Override
  public void gatherRows(Block table, Block ids, Block y) {
    portable("gatherRows").gatherRows(table, ids, y);
  }

  @Override
  public void scatterAddRows(Block rows, Block ids, Block table) {
    portable("scatterAddRows").scatterAddRows(rows, ids, table);
  }

  @Override
  public void sgd(
      Block parameter,
      Block gradient,
      Block velocity,
      double rate,
      double momentum,
      double decay,
      boolean nesterov,
      boolean first) {
    portable("sgd").sgd(parameter, gradient, velocity, rate, momentum, decay, nesterov, first);
  }

  @Override
  public void adamW(
      Block parameter,
      Block gradient,
      Block first,
      Block second,
      double rate,
      double beta1,
      double beta2,
      double epsilon,
      double decay,
      long step) {
    portable("adamW")
        .adamW(parameter, gradient, first, second, rate, beta1, beta2, epsilon, decay, step);
  }

  @Override
  public boolean accelerates(String operation, ElementType type) {
    return Served.FLOAT_OPERATIONS.contains(operation) && type == ElementType.FLOAT;
  }

  @Override
  public void setThreads(int threads) {
    if (threads != portable.threads()) {
      portable.setThreads(threads); // ND4J's setting is the OpenMP team that oneDNN uses too
      context.clearPlans();
    }
  }

  @Override
  public int threads() {
    return portable.threads();
  }
}
