package org.selfsup4j.benchmarks.operations;

import org.openjdk.jmh.annotations.Benchmark;
import org.selfsup4j.core.memory.Block;

/** Layer norm of the tokens of 64 images, batch norm of the first stage of a ResNet-18. */
public class Norms extends OperationBenchmark {

  private static final double EPSILON = 1e-5;

  private Block tokens;
  private Block normedTokens;
  private Block tokenGradient;
  private Block gammaOfWidth;
  private Block betaOfWidth;
  private Block gammaOfWidthGradient;
  private Block betaOfWidthGradient;
  private Block tokenMean;
  private Block tokenVariance;

  private Block maps;
  private Block normedMaps;
  private Block mapGradient;
  private Block gamma;
  private Block beta;
  private Block gammaGradient;
  private Block betaGradient;
  private Block mean;
  private Block variance;
  private Block workspace;

  @Override
  void takeMemory() {
    tokens = rows(4160, 192);
    normedTokens = rows(4160, 192);
    tokenGradient = rows(4160, 192);
    gammaOfWidth = rows(192);
    betaOfWidth = rows(192);
    gammaOfWidthGradient = rows(192);
    betaOfWidthGradient = rows(192);
    tokenMean = rows(4160);
    tokenVariance = rows(4160);
    maps = channelsLast(128, 64, 32, 32);
    normedMaps = channelsLast(128, 64, 32, 32);
    mapGradient = channelsLast(128, 64, 32, 32);
    gamma = rows(64);
    beta = rows(64);
    gammaGradient = rows(64);
    betaGradient = rows(64);
    mean = rows(64);
    variance = rows(64);
    workspace = workspace(kernels.batchNormWorkspace(maps));
  }

  /** Layer norm with weights. */
  @Benchmark
  public void layerNorm() {
    kernels.layerNorm(
        tokens, gammaOfWidth, betaOfWidth, EPSILON, normedTokens, tokenMean, tokenVariance);
  }

  /** All of its gradients. */
  @Benchmark
  public void layerNormBackward() {
    kernels.layerNormBackward(
        tokens,
        gammaOfWidth,
        EPSILON,
        tokenMean,
        tokenVariance,
        tokenGradient,
        normedTokens,
        gammaOfWidthGradient,
        betaOfWidthGradient);
  }

  /** Batch norm with the statistics of the batch. */
  @Benchmark
  public void batchNorm() {
    kernels.batchNorm(maps, gamma, beta, EPSILON, true, false, mean, variance, normedMaps, null);
  }

  /** All of its gradients. */
  @Benchmark
  public void batchNormBackward() {
    kernels.batchNormBackward(
        maps,
        gamma,
        EPSILON,
        true,
        mean,
        variance,
        null,
        mapGradient,
        normedMaps,
        gammaGradient,
        betaGradient);
  }

  /** Batch norm, then relu. */
  @Benchmark
  public void batchNormRelu() {
    kernels.batchNorm(
        maps, gamma, beta, EPSILON, true, true, mean, variance, normedMaps, workspace);
  }

  /** All of its gradients. */
  @Benchmark
  public void batchNormReluBackward() {
    kernels.batchNormBackward(
        maps,
        gamma,
        EPSILON,
        true,
        mean,
        variance,
        workspace,
        mapGradient,
        normedMaps,
        gammaGradient,
        betaGradient);
  }
}
