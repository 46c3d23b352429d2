package org.selfsup4j.benchmarks.operations;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Slab;

/**
 * What all benchmarks of operations have: a set of kernels, its threads, and native memory that is
 * taken once and touched before the clock runs.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public abstract class OperationBenchmark {

  /** The set that computes. */
  @Param({"onednn", "nd4j"})
  String set;

  /** The set called {@link #set}. */
  Kernels kernels;

  private final List<Slab> slabs = new ArrayList<>();

  /** Loads the kernels and takes the memory. */
  @Setup(Level.Trial)
  public void open() {
    kernels = KernelSets.open(set);
    takeMemory();
  }

  /** Gives the memory back. */
  @TearDown(Level.Trial)
  public void close() {
    slabs.forEach(Slab::close);
    slabs.clear();
  }

  /** Takes the blocks that the operations need. */
  abstract void takeMemory();

  /** The numbers of a text such as {@code 4160x192x576}. */
  static long[] sizes(String text) {
    return Arrays.stream(text.split("x")).mapToLong(Long::parseLong).toArray();
  }

  /** Numbers in row-major order. */
  final Block rows(long... shape) {
    return filled(ElementType.FLOAT, shape);
  }

  /** An image batch [N, C, H, W] with its channels last in memory. */
  final Block channelsLast(long n, long c, long h, long w) {
    return rows(n, h, w, c).permute(0, 3, 1, 2);
  }

  /** An opaque workspace. */
  final Block workspace(long elements) {
    return filled(ElementType.BOOL, elements);
  }

  private Block filled(ElementType type, long... shape) {
    long count = 1;
    for (long size : shape) {
      count *= size;
    }
    Slab slab = Slab.allocate(type, count);
    slabs.add(slab);
    Block block = Block.contiguous(slab, 0, shape);
    kernels.fill(block, type == ElementType.FLOAT ? 0.5 : 0);
    return block;
  }
}
