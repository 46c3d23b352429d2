package org.selfsup4j.core.kernel.onednn;

import java.util.Set;

/** The names of the operations that this set computes itself, as {@code calls()} names them. */
final class Served {

  static final Set<String> FLOAT_OPERATIONS =
      Set.of(
          "fill",
          "copy",
          "addScaled",
          "where",
          "reduce",
          "argMax",
          "sumOfSquares",
          "maxPool",
          "maxPoolBackward",
          "averagePool",
          "averagePoolBackward",
          "gatherRows",
          "scatterAddRows",
          "sgd",
          "adamW",
          "unary",
          "unaryBackward",
          "binary",
          "matmul",
          "convolution",
          "convolutionInput",
          "convolutionWeights",
          "layerNorm",
          "layerNormBackward",
          "batchNorm",
          "batchNormBackward",
          "softmax",
          "softmaxBackward");

  /** The same for BFLOAT16. */
  static final Set<String> BFLOAT16_OPERATIONS =
      Set.of(
          "fill",
          "copy",
          "addScaled",
          "reduce",
          "maxPool",
          "maxPoolBackward",
          "averagePool",
          "averagePoolBackward",
          "unary",
          "unaryBackward",
          "binary",
          "matmul",
          "convolution",
          "convolutionInput",
          "convolutionWeights",
          "layerNorm",
          "layerNormBackward",
          "batchNorm",
          "batchNormBackward",
          "softmax",
          "softmaxBackward");

  private Served() {}
}
