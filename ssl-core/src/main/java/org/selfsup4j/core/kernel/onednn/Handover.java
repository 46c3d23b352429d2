package org.selfsup4j.core.kernel.onednn;

import org.selfsup4j.core.kernel.Binary;
import org.selfsup4j.core.kernel.CallCounts;
import org.selfsup4j.core.kernel.Epilogue;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.kernel.Reduction;
import org.selfsup4j.core.kernel.Unary;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.memory.Block;

/** Hands every operation to the portable set, with a note: where a fast set starts from. */
abstract class Handover implements Kernels {

  private final Kernels portable;
  private final CallCounts counts;

  Handover(Kernels portable, CallCounts counts) {
    this.portable = portable;
    this.counts = counts;
  }

  private Kernels portable(String operation) {
    counts.count(operation, portable.name());
    return portable;
  }

  @Override
  public final CallCounts calls() {
    return counts;
  }

  @Override
  public void fill(Block y, double value) {
    portable("fill").fill(y, value);
  }

  @Override
  public void copy(Block x, Block y) {
    portable("copy").copy(x, y);
  }

  @Override
  public void unary(Unary f, double a, double b, Block x, Block y) {
    portable("unary").unary(f, a, b, x, y);
  }

  @Override
  public void unaryBackward(Unary f, double a, double b, Block x, Block dy, Block dx) {
    portable("unaryBackward").unaryBackward(f, a, b, x, dy, dx);
  }

  @Override
  public void binary(Binary f, Block a, Block b, Block y) {
    portable("binary").binary(f, a, b, y);
  }

  @Override
  public void addScaled(double alpha, Block x, double beta, Block y) {
    portable("addScaled").addScaled(alpha, x, beta, y);
  }

  @Override
  public void where(Block mask, Block a, Block b, Block y) {
    portable("where").where(mask, a, b, y);
  }

  @Override
  public void reduce(Reduction f, Block x, Block y) {
    portable("reduce").reduce(f, x, y);
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
    portable("matmul").matmul(a, b, epilogue, c, accumulate);
  }

  @Override
  public void convolution(Window window, int groups, Block x, Block w, Epilogue epilogue, Block y) {
    portable("convolution").convolution(window, groups, x, w, epilogue, y);
  }

  @Override
  public void convolutionInput(Window window, int groups, Block w, Block dy, Block dx) {
    portable("convolutionInput").convolutionInput(window, groups, w, dy, dx);
  }

  @Override
  public void convolutionWeights(Window window, int groups, Block x, Block dy, Block dw) {
    portable("convolutionWeights").convolutionWeights(window, groups, x, dy, dw);
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
    portable("layerNorm").layerNorm(x, gamma, beta, epsilon, y, mean, variance);
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
    portable("layerNormBackward")
        .layerNormBackward(x, gamma, epsilon, mean, variance, dy, dx, dgamma, dbeta);
  }

  @Override
  public long batchNormWorkspace(Block x) {
    return portable.batchNormWorkspace(x);
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
    portable("batchNorm")
        .batchNorm(x, gamma, beta, epsilon, batchStatistics, relu, mean, variance, y, workspace);
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
    portable("batchNormBackward")
        .batchNormBackward(
            x, gamma, epsilon, batchStatistics, mean, variance, workspace, dy, dx, dgamma, dbeta);
  }

  @Override
  public void softmax(boolean logarithm, Block x, Block y) {
    portable("softmax").softmax(logarithm, x, y);
  }

  @Override
  public void softmaxBackward(boolean logarithm, Block y, Block dy, Block dx) {
    portable("softmaxBackward").softmaxBackward(logarithm, y, dy, dx);
  }

  @Override
  public void gatherRows(Block table, Block ids, Block y) {
    portable("gatherRows").gatherRows(table, ids, y);
  }

  @Override
  public void scatterAddRows(Block added, Block ids, Block table) {
    portable("scatterAddRows").scatterAddRows(added, ids, table);
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
  public void setThreads(int threads) {
    portable.setThreads(threads);
  }

  @Override
  public int threads() {
    return portable.threads();
  }
}
