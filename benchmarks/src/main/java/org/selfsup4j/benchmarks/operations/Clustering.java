package org.selfsup4j.benchmarks.operations;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;
import org.selfsup4j.core.analysis.Clusters;
import org.selfsup4j.core.analysis.FeatureRows;
import org.selfsup4j.core.analysis.KMeans;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.random.RandomStream;

/** k-means on the features of a data set as large as CIFAR-10: one run, which takes a while. */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Fork(1)
public class Clustering extends OperationBenchmark {

  private static final int ROWS = 50_000;
  private static final int WIDTH = 512;
  private static final int CLUSTERS = 2_000;
  private static final int ITERATIONS = 10;

  private FeatureRows rows;

  @Override
  void takeMemory() {
    RandomStream random = RandomStream.of(1);
    float[] values = new float[ROWS * WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    rows = new FeatureRows(ROWS, WIDTH, values);
  }

  /** 10 iterations from random first centres, as DeepCluster does before an epoch. */
  @Benchmark
  public Clusters kMeans() {
    return cluster(KMeans.Seeding.RANDOM);
  }

  /** The same from centres of k-means++, as knowledge transfer does once. */
  @Benchmark
  public Clusters kMeansPlusPlus() {
    return cluster(KMeans.Seeding.PLUS_PLUS);
  }

  private Clusters cluster(KMeans.Seeding seeding) {
    KMeans means = new KMeans(CLUSTERS, ITERATIONS, seeding);
    try (Arena arena = new Arena()) {
      return means.fit(rows, RandomStream.of(2), kernels, arena, KMeans.Progress.NONE);
    }
  }
}
