package org.selfsup4j.core.format;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Java process of its own, for what cannot be done to the one that runs the tests. */
final class ChildJvm {

  private ChildJvm() {}

  /** The command line that runs {@code main} with these arguments. */
  static List<String> command(Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx64m");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return command;
  }

  /** Starts a command; what it says on its error stream goes to {@code errors}. */
  static Process start(List<String> command, File errors) throws IOException {
    return new ProcessBuilder(command).redirectError(errors).start();
  }
}
