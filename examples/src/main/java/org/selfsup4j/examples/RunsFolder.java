package org.selfsup4j.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.selfsup4j.eval.compare.Setting;

/** The folder of a comparison's runs: one run folder a method, and the setting of all. */
final class RunsFolder {

  private static final String SETTING = "setting.json";

  private RunsFolder() {}

  /**
   * Makes the folder, or looks whether what is in it belongs to {@code setting}.
   *
   * @throws IllegalArgumentException if it belongs to another
   */
  static void open(Path folder, Setting setting) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the folder of the runs, " + folder, e);
    }
    setting.keepIn(folder.resolve(SETTING));
  }

  /** Deletes the rows, and the runs if the folder is one that {@link #open} made. */
  static void delete(Path json, Path folder) {
    try {
      Files.deleteIfExists(json);
      if (!Files.exists(folder.resolve(SETTING))) {
        return;
      }
      // The setting goes last: a folder that is half deleted must not look like another setting's.
      List<Path> all;
      try (Stream<Path> walk = Files.walk(folder)) {
        all = walk.sorted(Comparator.reverseOrder()).toList(); // what is inside comes first
      }
      Path setting = folder.resolve(SETTING);
      for (Path path : all) {
        if (!path.equals(setting) && !path.equals(folder)) {
          Files.delete(path);
        }
      }
      Files.delete(setting);
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete the old runs: " + e.getMessage(), e);
    }
  }
}
