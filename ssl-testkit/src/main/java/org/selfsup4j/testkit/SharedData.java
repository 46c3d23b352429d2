package org.selfsup4j.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * Data sets that are not part of the project: in the folder that {@code -Dselfsup.data=DIR} names,
 * or else in {@code ../shared/data} beside the project. A test that asks for one that is not there
 * is reported as skipped.
 */
public final class SharedData {

  private SharedData() {}

  /** The folder of a data set, such as {@code cifar-10}; ends the test as skipped without it. */
  public static Path folder(String name) {
    Path folder = root().resolve(name);
    Assumptions.assumeTrue(
        Files.isDirectory(folder),
        () -> folder + " is not here: name the folder that holds it by -Dselfsup.data=DIR");
    return folder;
  }

  private static Path root() {
    String named = System.getProperty("selfsup.data");
    if (named != null) {
      return Path.of(named);
    }
    String project = System.getProperty("selfsup.root", "..");
    return Path.of(project).toAbsolutePath().normalize().resolveSibling("shared").resolve("data");
  }
}
