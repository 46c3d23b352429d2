package org.selfsup4j.examples;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which run's encoder a command takes. */
final class EncoderFileOptions {

  @Option(
      names = "--encoder-file",
      required = true,
      paramLabel = "FILE",
      description = "encoder.safetensors of a run; its encoder is told from its weights.")
  private Path file;

  @Option(
      names = "--side",
      defaultValue = "32",
      description = "Side of the images in pixels, as in the run (default: ${DEFAULT-VALUE}).")
  private int side;

  int side() {
    return side;
  }

  StoredEncoder open() {
    return StoredEncoder.open(file, side);
  }
}
