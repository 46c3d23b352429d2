package org.selfsup4j.benchmarks.operations;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.selfsup4j.core.kernel.Epilogue;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.memory.Block;

/** 3x3 convolutions of a ResNet-18 on 128 images, channels last: forward and both gradients. */
public class Convolutions extends OperationBenchmark {

  private static final int IMAGES = 128;
  private static final Window WINDOW = Window.square(3, 1, 1);

  /** Channels and side; the stem goes from 3 channels to 64. */
  @Param({"64x32", "128x16", "512x4", "stem"})
  String size;

  private Block x;
  private Block weight;
  private Block y;

  @Override
  void takeMemory() {
    boolean stem = size.equals("stem");
    long[] sizes = sizes(stem ? "64x32" : size);
    long channels = sizes[0];
    long side = sizes[1];
    long inputs = stem ? 3 : channels;
    x = channelsLast(IMAGES, inputs, side, side);
    weight = rows(channels, inputs, 3, 3);
    y = channelsLast(IMAGES, channels, side, side);
  }

  /** y = x * w. */
  @Benchmark
  public void forward() {
    kernels.convolution(WINDOW, 1, x, weight, Epilogue.NONE, y);
  }

  /** The gradient of the input. */
  @Benchmark
  public void inputGradient() {
    kernels.convolutionInput(WINDOW, 1, weight, y, x);
  }

  /** The gradient of the weights. */
  @Benchmark
  public void weightGradient() {
    kernels.convolutionWeights(WINDOW, 1, x, y, weight);
  }
}
