package org.selfsup4j.examples;

import org.selfsup4j.core.tensor.Precision;
import picocli.CommandLine.Option;

/** What a command computes in. */
final class PrecisionOption {

  @Option(
      names = "--precision",
      defaultValue = "float32",
      description =
          "float32 or bfloat16 (mixed precision: weights and sums stay float32; default:"
              + " ${DEFAULT-VALUE}).")
  private Precision precision;

  Precision precision() {
    return precision;
  }
}
