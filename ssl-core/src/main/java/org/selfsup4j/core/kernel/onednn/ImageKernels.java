package org.selfsup4j.core.kernel.onednn;

import org.selfsup4j.core.kernel.CallCounts;
import org.selfsup4j.core.kernel.Epilogue;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.memory.Block;

/** The part of oneDNN's set that works on images [N, C, H, W]: convolution, pooling, batch norm. */
abstract class ImageKernels extends Handover {

  final Context context = new Context(calls());
  final Products products = new Products(context);
  private final Convolutions convolutions = new Convolutions(context, products);
  private final BatchNorms batchNorms = new BatchNorms(context);
  private final Pools pools = new Pools(context);

  ImageKernels(Kernels portable, CallCounts counts) {
    super(portable, counts);
  }

  /** Whether this set computes on {@code y}; if so, scratch memory is free for the call. */
  final boolean mixed(Block y) {
    boolean served = Copies.isFloating(y.type()) && y.count() > 0;
    if (served) {
      context.scratch().reset();
    }
    return served;
  }

  @Override
  public void convolution(Window window, int groups, Block x, Block w, Epilogue epilogue, Block y) {
    if (mixed(y) && convolutions.convolution(window, groups, x, w, epilogue, y)) {
      return;
    }
    if (!Widened.isNeeded(x, w, y, epilogue.bias(), epilogue.residual())) {
      super.convolution(window, groups, x, w, epilogue, y);
      return;
    }
    try (Widened wide = new Widened(this)) {
      Block to = wide.room(y);
      convolution(window, groups, wide.of(x), wide.of(w), wide.of(epilogue), to);
      wide.home(to, y);
    }
  }

  @Override
  public void convolutionInput(Window window, int groups, Block w, Block dy, Block dx) {
    if (mixed(dx) && convolutions.convolutionInput(window, groups, w, dy, dx)) {
      return;
    }
    if (!Widened.isNeeded(w, dy, dx)) {
      super.convolutionInput(window, groups, w, dy, dx);
      return;
    }
    try (Widened wide = new Widened(this)) {
      Block to = wide.room(dx);
      convolutionInput(window, groups, wide.of(w), wide.of(dy), to);
      wide.home(to, dx);
    }
  }

  @Override
  public void convolutionWeights(Window window, int groups, Block x, Block dy, Block dw) {
    if (mixed(dw) && convolutions.convolutionWeights(window, groups, x, dy, dw)) {
      return;
    }
    if (!Widened.isNeeded(x, dy, dw)) {
      super.convolutionWeights(window, groups, x, dy, dw);
      return;
    }
    try (Widened wide = new Widened(this)) {
      Block to = wide.room(dw);
      convolutionWeights(window, groups, wide.of(x), wide.of(dy), to);
      wide.home(to, dw);
    }
  }

  @Override
  public long maxPoolWorkspace(Window window, Block x, Block y) {
    return mixed(x) && Pools.serves(window)
        ? pools.maxWorkspace(window, x, y)
        : super.maxPoolWorkspace(window, x, y);
  }

  @Override
  public void maxPool(Window window, Block x, Block y, Block workspace) {
    if (mixed(y) && Pools.serves(window)) {
      pools.max(window, x, y, workspace);
    } else {
      super.maxPool(window, x, y, workspace);
    }
  }

  @Override
  public void maxPoolBackward(
      Window window, Block x, Block y, Block workspace, Block dy, Block dx) {
    if (mixed(dx) && Pools.serves(window)) {
      pools.maxBackward(window, workspace, dy, dx);
    } else {
      super.maxPoolBackward(window, x, y, workspace, dy, dx);
    }
  }

  @Override
  public void averagePool(Window window, boolean countPadding, Block x, Block y) {
    if (mixed(y) && Pools.serves(window)) {
      pools.average(window, countPadding, x, y);
    } else {
      super.averagePool(window, countPadding, x, y);
    }
  }

  @Override
  public void averagePoolBackward(Window window, boolean countPadding, Block dy, Block dx) {
    if (mixed(dx) && Pools.serves(window)) {
      pools.averageBackward(window, countPadding, dy, dx);
    } else {
      super.averagePoolBackward(window, countPadding, dy, dx);
    }
  }

  @Override
  public long batchNormWorkspace(Block x) {
    return mixed(x) ? batchNorms.workspace(x) : super.batchNormWorkspace(x);
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
    if (mixed(y)) {
      batchNorms.forward(
          x, gamma, beta, epsilon, batchStatistics, relu, mean, variance, y, workspace);
    } else {
      super.batchNorm(x, gamma, beta, epsilon, batchStatistics, relu, mean, variance, y, workspace);
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
    if (mixed(x)) {
      batchNorms.backward(
          x, gamma, epsilon, batchStatistics, mean, variance, workspace, dy, dx, dgamma, dbeta);
    } else {
      super.batchNormBackward(
          x, gamma, epsilon, batchStatistics, mean, variance, workspace, dy, dx, dgamma, dbeta);
    }
  }
}
