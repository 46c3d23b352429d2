package org.selfsup4j.core.kernel.nd4j;

import org.selfsup4j.core.kernel.Binary;
import org.selfsup4j.core.kernel.CallCounts;
import org.selfsup4j.core.kernel.Epilogue;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.kernel.Reduction;
import org.selfsup4j.core.kernel.Unary;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** The portable set: each method is handed to the class that has the family of operations. */
public final class Nd4jKernels implements Kernels {

  /** The set's name. */
  public static final String NAME = "nd4j";

  private final CallCounts calls = new CallCounts();
  private final Scratch scratch = new Scratch();
  private final Ops ops = new Ops();
  private final Elementwise elementwise = new Elementwise(ops, scratch);
  private final Slopes slopes = new Slopes(ops, scratch, elementwise);
  private final Products products = new Products(ops, scratch, elementwise);
  private final Reductions reductions = new Reductions(ops, scratch, products);
  private final Convolutions convolutions = new Convolutions(ops, scratch, products);
  private final Pooling pooling = new Pooling(ops, scratch, reductions);
  private final Softmaxes softmaxes = new Softmaxes(ops, scratch, reductions);
  private final Rows tables = new Rows(ops, scratch);
  private final Updates updates = new Updates(ops, scratch);
  private final LayerNorm layerNorm;
  private final BatchNorm batchNorm;

  /** A set with scratch memory of its own. */
  public Nd4jKernels() {
    Normalisations normalisations = new Normalisations(ops, scratch, reductions, elementwise);
    this.layerNorm = new LayerNorm(scratch, normalisations);
    this.batchNorm = new BatchNorm(ops, scratch, normalisations, elementwise);
  }

  private void call(String operation, Runnable kernel) {
    calls.count(operation, NAME);
    try {
      kernel.run();
    } finally {
      scratch.reset();
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public CallCounts calls() {
    return calls;
  }

  @Override
  public void fill(Block y, double value) {
    call("fill", () -> ops.fill(y, value));
  }

  @Override
  public void copy(Block x, Block y) {
    call("copy", () -> ops.copy(x, y));
  }

  @Override
  public void unary(Unary f, double a, double b, Block x, Block y) {
    call("unary", () -> elementwise.unary(f, a, b, x, y));
  }

  @Override
  public void unaryBackward(Unary f, double a, double b, Block x, Block dy, Block dx) {
    call("unaryBackward", () -> slopes.unaryBackward(f, a, b, x, dy, dx));
  }

  @Override
  public void binary(Binary f, Block a, Block b, Block y) {
    call("binary", () -> elementwise.binary(f, a, b, y));
  }

  @Override
  public void addScaled(double alpha, Block x, double beta, Block y) {
    call("addScaled", () -> elementwise.addScaled(alpha, x, beta, y));
  }

  @Override
  public void where(Block mask, Block a, Block b, Block y) {
    call("where", () -> elementwise.where(mask, a, b, y));
  }

  @Override
  public void reduce(Reduction f, Block x, Block y) {
    call("reduce", () -> reductions.reduce(f, x, y));
  }

  @Override
  public void argMax(int axis, Block x, Block y) {
    call("argMax", () -> reductions.argMax(x, y));
  }

  @Override
  public void matmul(Block a, Block b, Epilogue epilogue, Block c, boolean accumulate) {
    call("matmul", () -> products.matmul(a, b, epilogue, c, accumulate));
  }

  @Override
  public void convolution(Window window, int groups, Block x, Block w, Epilogue epilogue, Block y) {
    call("convolution", () -> convolutions.forward(window, groups, x, w, epilogue, y));
  }

  @Override
  public void convolutionInput(Window window, int groups, Block w, Block dy, Block dx) {
    call("convolutionInput", () -> convolutions.input(window, groups, w, dy, dx));
  }

  @Override
  public void convolutionWeights(Window window, int groups, Block x, Block dy, Block dw) {
    call("convolutionWeights", () -> convolutions.weights(window, groups, x, dy, dw));
  }

  @Override
  public void maxPool(Window window, Block x, Block y, Block workspace) {
    call("maxPool", () -> pooling.max(window, x, y));
  }

  @Override
  public void maxPoolBackward(
      Window window, Block x, Block y, Block workspace, Block dy, Block dx) {
    call("maxPoolBackward", () -> pooling.maxBackward(window, x, y, dy, dx));
  }

  @Override
  public void averagePool(Window window, boolean countPadding, Block x, Block y) {
    call("averagePool", () -> pooling.average(window, countPadding, x, y));
  }

  @Override
  public void averagePoolBackward(Window window, boolean countPadding, Block dy, Block dx) {
    call("averagePoolBackward", () -> pooling.averageBackward(window, countPadding, dy, dx));
  }

  @Override
  public void layerNorm(
      Block x, Block gamma, Block beta, double epsilon, Block y, Block mean, Block variance) {
    call("layerNorm", () -> layerNorm.forward(x, gamma, beta, epsilon, y, mean, variance));
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
    call(
        "layerNormBackward",
        () -> layerNorm.backward(x, gamma, epsilon, mean, variance, dy, dx, dgamma, dbeta));
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
    call(
        "batchNorm",
        () ->
            batchNorm.forward(
                x, gamma, beta, epsilon, batchStatistics, relu, mean, variance, y, workspace));
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
    call(
        "batchNormBackward",
        () ->
            batchNorm.backward(
                x,
                gamma,
                epsilon,
                batchStatistics,
                mean,
                variance,
                workspace,
                dy,
                dx,
                dgamma,
                dbeta));
  }

  @Override
  public void softmax(boolean logarithm, Block x, Block y) {
    call("softmax", () -> softmaxes.forward(logarithm, x, y));
  }

  @Override
  public void softmaxBackward(boolean logarithm, Block y, Block dy, Block dx) {
    call("softmaxBackward", () -> softmaxes.backward(logarithm, y, dy, dx));
  }

  @Override
  public void gatherRows(Block table, Block ids, Block y) {
    call("gatherRows", () -> tables.gather(table, ids, y));
  }

  @Override
  public void scatterAddRows(Block rows, Block ids, Block table) {
    call("scatterAddRows", () -> tables.scatterAdd(rows, ids, table));
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
    call(
        "sgd",
        () -> updates.sgd(parameter, gradient, velocity, rate, momentum, decay, nesterov, first));
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
    call(
        "adamW",
        () ->
            updates.adamW(
                parameter, gradient, first, second, rate, beta1, beta2, epsilon, decay, step));
  }

  @Override
  public double sumOfSquares(Block x) {
    calls.count("sumOfSquares", NAME);
    try {
      return reductions.sumOfSquares(x);
    } finally {
      scratch.reset();
    }
  }

  /** None: the backward pass compares x and y again. */
  @Override
  public long maxPoolWorkspace(Window window, Block x, Block y) {
    return 0;
  }

  @Override
  public long batchNormWorkspace(Block x) {
    return x.count();
  }

  @Override
  public boolean accelerates(String operation, ElementType type) {
    return type != ElementType.BFLOAT16; // ND4J's products of it take hundreds of times as long
  }

  @Override
  public void setThreads(int threads) {
    Threads.set(threads);
  }

  @Override
  public int threads() {
    return Threads.get();
  }
}
