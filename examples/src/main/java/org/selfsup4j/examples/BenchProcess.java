package org.selfsup4j.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A measurement in a Java process of its own, so that peak memory and start are its alone. It has
 * the options and the class path of this one.
 */
final class BenchProcess {

  /** The launcher's for steps in memory; a loader's loops need the optimising compiler. */
  private static final String FIRST_COMPILER_ALONE = "-XX:TieredStopAtLevel=1";

  private BenchProcess() {}

  /**
   * Runs {@code selfsup bench} with {@code arguments} and returns the one line that it prints; what
   * it says on standard error is passed on.
   *
   * @throws IllegalStateException if it fails or prints something else
   */
  static String run(List<String> arguments) {
    try {
      Process process =
          new ProcessBuilder(command(arguments))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String printed;
      try {
        printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      } finally {
        process.destroy(); // does nothing where it has ended
      }
      int status = process.waitFor();
      List<String> lines = printed.lines().toList();
      if (status != 0 || lines.size() != 1) {
        throw new IllegalStateException(
            "'selfsup bench "
                + String.join(" ", arguments)
                + "' ended with status "
                + status
                + " and printed "
                + lines.size()
                + " lines: run it alone to see why");
      }
      return lines.get(0);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start another Java process: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a measurement ran", e);
    }
  }

  /** This process's Java, options and class path. */
  private static List<String> command(List<String> arguments) {
    return command(ManagementFactory.getRuntimeMXBean().getInputArguments(), arguments);
  }

  static List<String> command(List<String> options, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    if (arguments.contains("--epochs")) {
      command.remove(FIRST_COMPILER_ALONE);
    }
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(SelfSup.class.getName());
    command.add("bench");
    command.addAll(arguments);
    return command;
  }
}
