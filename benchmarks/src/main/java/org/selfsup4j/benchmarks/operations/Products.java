package org.selfsup4j.benchmarks.operations;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.selfsup4j.core.kernel.Epilogue;
import org.selfsup4j.core.kernel.Unary;
import org.selfsup4j.core.memory.Block;

/** The linear layers of a ViT-Tiny block: 64 images of 65 tokens, forward and both gradients. */
public class Products extends OperationBenchmark {

  /** Rows, width of the input, width of the result. */
  @Param({"4160x192x576", "4160x192x768", "4160x768x192"})
  String size;

  private Block x;
  private Block weight;
  private Block bias;
  private Block y;

  @Override
  void takeMemory() {
    long[] sizes = sizes(size);
    x = rows(sizes[0], sizes[1]);
    weight = rows(sizes[2], sizes[1]);
    bias = rows(sizes[2]);
    y = rows(sizes[0], sizes[2]);
  }

  /** y = x W^T. */
  @Benchmark
  public void forward() {
    kernels.matmul(x, weight.transposed(), Epilogue.NONE, y, false);
  }

  /** y = gelu(x W^T + b). */
  @Benchmark
  public void forwardBiasGelu() {
    kernels.matmul(x, weight.transposed(), Epilogue.of(bias, Unary.GELU, null), y, false);
  }

  /** dx = dy W. */
  @Benchmark
  public void inputGradient() {
    kernels.matmul(y, weight, Epilogue.NONE, x, false);
  }

  /** dW = dy^T x. */
  @Benchmark
  public void weightGradient() {
    kernels.matmul(y.transposed(), x, Epilogue.NONE, weight, false);
  }
}
