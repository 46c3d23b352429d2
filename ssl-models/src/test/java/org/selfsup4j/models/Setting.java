package org.selfsup4j.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.testkit.golden.Tolerance;

/** In what a network is computed: the portable kernels in double, the fast ones in float32. */
enum Setting {
  PORTABLE_DOUBLE("nd4j", ElementType.DOUBLE),
  ONEDNN_FLOAT("onednn", ElementType.FLOAT);

  /** What the fast set must not leave to the portable one. */
  private static final List<String> HOT =
      List.of(
          "matmul",
          "convolution",
          "convolutionInput",
          "convolutionWeights",
          "batchNorm",
          "batchNormBackward",
          "layerNorm",
          "layerNormBackward",
          "softmax",
          "softmaxBackward",
          "unary.GELU",
          "unaryBackward.GELU");

  private final String set;
  private final ElementType type;

  Setting(String set, ElementType type) {
    this.set = set;
    this.type = type;
  }

  Kernels open() {
    return KernelSets.open(set);
  }

  ElementType type() {
    return type;
  }

  Tolerance tolerance() {
    return type == ElementType.DOUBLE ? Tolerance.DOUBLE : Tolerance.FLOAT;
  }

  /** Asserts that the set that was asked for has computed what is hot, itself. */
  void assertServedBy(Kernels kernels) {
    assertThat(kernels.name()).isEqualTo(set);
    for (String operation : HOT) {
      assertThat(kernels.calls().of(operation, ""))
          .as("calls of %s: %s", operation, kernels.calls().snapshot())
          .isEqualTo(kernels.calls().of(operation, set));
    }
  }
}
