package org.selfsup4j.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.selfsup4j.core.train.RunLock;
import org.selfsup4j.eval.compare.Setting;

/**
 * The folder of a comparison's runs: one run folder a method, and the setting of all. While it is
 * open, no other process can open it.
 */
final class RunsFolder implements AutoCloseable {

  private static final String SETTING = "setting.json";

  private final Path folder;
  private final RunLock lock;

  private RunsFolder(Path folder, RunLock lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * Makes the folder where there is none, and keeps others off it.
   *
   * @throws IllegalStateException if another comparison has it open
   */
  static RunsFolder open(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the folder of the runs, " + folder, e);
    }
    return new RunsFolder(folder, RunLock.take(folder));
  }

  /**
   * Looks whether what is in the folder belongs to {@code setting}.
   *
   * @throws IllegalArgumentException if it belongs to another
   */
  void require(Setting setting) {
    setting.keepIn(folder.resolve(SETTING));
  }

  /** Deletes the rows, and the runs if the folder is one of a comparison. */
  void delete(Path json) {
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
        boolean lockFile = path.equals(folder.resolve(RunLock.FILE));
        if (!path.equals(setting) && !path.equals(folder) && !lockFile) {
          Files.delete(path);
        }
      }
      Files.delete(setting);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete the old runs: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    lock.close();
  }
}
