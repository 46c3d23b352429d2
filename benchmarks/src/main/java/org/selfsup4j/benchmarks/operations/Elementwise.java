package org.selfsup4j.benchmarks.operations;

import org.openjdk.jmh.annotations.Benchmark;
import org.selfsup4j.core.kernel.Binary;
import org.selfsup4j.core.kernel.Reduction;
import org.selfsup4j.core.kernel.Unary;
import org.selfsup4j.core.memory.Block;

/** Passes over memory: activations, sums, copies, changes of layout; 33.5 MB a map. */
public class Elementwise extends OperationBenchmark {

  private Block hidden;
  private Block activated;
  private Block hiddenGradient;
  private Block maps;
  private Block otherMaps;
  private Block result;
  private Block channelsFirst;
  private Block wide;
  private Block bias;

  @Override
  void takeMemory() {
    hidden = rows(4160, 768);
    activated = rows(4160, 768);
    hiddenGradient = rows(4160, 768);
    maps = channelsLast(128, 64, 32, 32);
    otherMaps = channelsLast(128, 64, 32, 32);
    result = channelsLast(128, 64, 32, 32);
    channelsFirst = rows(128, 64, 32, 32);
    wide = rows(8192, 1024);
    bias = rows(1, 1024);
  }

  /** Exact GELU. */
  @Benchmark
  public void gelu() {
    kernels.unary(Unary.GELU, 0, 0, hidden, activated);
  }

  /** Its gradient. */
  @Benchmark
  public void geluBackward() {
    kernels.unaryBackward(Unary.GELU, 0, 0, hidden, hiddenGradient, activated);
  }

  /** Relu. */
  @Benchmark
  public void relu() {
    kernels.unary(Unary.RELU, 0, 0, maps, result);
  }

  /** Its gradient. */
  @Benchmark
  public void reluBackward() {
    kernels.unaryBackward(Unary.RELU, 0, 0, maps, otherMaps, result);
  }

  /** A residual sum. */
  @Benchmark
  public void add() {
    kernels.binary(Binary.ADD, maps, otherMaps, result);
  }

  /** One layout. */
  @Benchmark
  public void copy() {
    kernels.copy(maps, result);
  }

  /** Channels first to channels last. */
  @Benchmark
  public void layoutChange() {
    kernels.copy(channelsFirst, result);
  }

  /** The gradient of a bias. */
  @Benchmark
  public void sumOfRows() {
    kernels.reduce(Reduction.SUM, wide, bias);
  }
}
