package org.selfsup4j.core.kernel.onednn;

import java.util.Set;
import org.selfsup4j.core.memory.ElementType;

/** The names of the operations that this set computes itself, as {@code calls()} names them. */
final class Served {

  private static final Set<String> FLOAT_OPERATIONS =
      Set.of(
          "fill",
          "copy",
          "addScaled",
          "where",
          "reduce",
          "argMax",
          "sumOfSquares",
          "squaredNorm",
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
          "linearWeights",
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
  private static final Set<String> BFLOAT16_OPERATIONS =
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
          "linearWeights",
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

  /** Whether {@code operation} on {@code type} is fast on this machine. */
  static boolean serves(String operation, ElementType type) {
    return switch (type) {
      case FLOAT -> FLOAT_OPERATIONS.contains(operation);
      case BFLOAT16 -> Engine.multipliesBfloat16() && BFLOAT16_OPERATIONS.contains(operation);
      default -> false;
    };
  }
}
