package org.selfsup4j.benchmarks.operations;

import org.openjdk.jmh.annotations.Benchmark;
import org.selfsup4j.core.memory.Block;

/** What an optimizer does to the 5.5 million weights of a ViT-Tiny in one run of memory. */
public class Updates extends OperationBenchmark {

  private static final long WEIGHTS = 5_500_000;

  private Block parameter;
  private Block gradient;
  private Block first;
  private Block second;
  private long step;

  @Override
  void takeMemory() {
    parameter = rows(WEIGHTS);
    gradient = rows(WEIGHTS);
    first = rows(WEIGHTS);
    second = rows(WEIGHTS);
  }

  /** AdamW; the step counts up, as in training. */
  @Benchmark
  public void adamW() {
    kernels.adamW(parameter, gradient, first, second, 1e-4, 0.9, 0.999, 1e-8, 0.05, ++step);
  }

  /** SGD with momentum. */
  @Benchmark
  public void sgd() {
    kernels.sgd(parameter, gradient, first, 1e-4, 0.9, 5e-4, false, false);
  }

  /** The norm that clipping asks for, squared. */
  @Benchmark
  public double squaredNorm() {
    return kernels.squaredNorm(gradient);
  }

  /** A momentum teacher that follows. */
  @Benchmark
  public void follow() {
    kernels.addScaled(0.004, parameter, 0.996, second);
  }
}
