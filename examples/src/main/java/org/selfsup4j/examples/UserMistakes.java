package org.selfsup4j.examples;

import java.io.UncheckedIOException;
import org.selfsup4j.core.data.UnreadableException;
import org.selfsup4j.core.format.CorruptFileException;
import org.selfsup4j.core.train.DivergedException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Turns mistakes of the user, and of the disk, into messages without a stack trace. */
final class UserMistakes {

  private UserMistakes() {}

  /** Does {@code work}: 0, or 1 after a message; what was asked for wrongly is picocli's. */
  static int explained(CommandSpec spec, Runnable work) {
    try {
      work.run();
      return 0;
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    } catch (IllegalStateException
        | UncheckedIOException
        | CorruptFileException
        | UnreadableException
        | DivergedException e) {
      spec.commandLine().getErr().println("selfsup: " + e.getMessage());
      return 1;
    }
  }
}
