package org.selfsup4j.benchmarks.operations;

import org.openjdk.jmh.annotations.Benchmark;
import org.selfsup4j.core.kernel.Epilogue;
import org.selfsup4j.core.memory.Block;

/** The two products of attention and the softmax between them: 64 images, 3 heads, 65 tokens. */
public class BatchedProducts extends OperationBenchmark {

  private Block query;
  private Block key;
  private Block value;
  private Block scores;
  private Block weights;
  private Block gradient;
  private Block packed;

  @Override
  void takeMemory() {
    query = rows(192, 65, 64);
    key = rows(192, 65, 64);
    value = rows(192, 65, 64);
    scores = rows(192, 65, 65);
    weights = rows(192, 65, 65);
    gradient = rows(192, 65, 65);
    packed = rows(64, 65, 3, 3, 64).permute(2, 0, 3, 1, 4); // [q k v, N, heads, T, d]
  }

  /** scores = q k^T. */
  @Benchmark
  public void queryKey() {
    kernels.matmul(query, key.transposed(), Epilogue.NONE, scores, false);
  }

  /** The same, with q and k read where one product has left them side by side. */
  @Benchmark
  public void queryKeyOfPacked() {
    Block q = packed.slice(0, 0, 1).reshape(64, 3, 65, 64);
    Block k = packed.slice(0, 1, 2).reshape(64, 3, 65, 64);
    kernels.matmul(q, k.transposed(), Epilogue.NONE, scores.reshape(64, 3, 65, 65), false);
  }

  /** The softmax's weights times v. */
  @Benchmark
  public void weightsValue() {
    kernels.matmul(weights, value, Epilogue.NONE, query, false);
  }

  /** Softmax over the last axis. */
  @Benchmark
  public void softmax() {
    kernels.softmax(false, scores, weights);
  }

  /** Its gradient. */
  @Benchmark
  public void softmaxBackward() {
    kernels.softmaxBackward(false, weights, gradient, scores);
  }
}
