package org.selfsup4j.core.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.selfsup4j.core.format.AtomicFile;
import org.selfsup4j.core.format.CheckpointFile;
import org.selfsup4j.core.format.CorruptFileException;
import org.selfsup4j.core.memory.Block;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The newest checkpoints of a run, one file each, named by their step. */
final class Checkpoints {

  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
  private static final Pattern NAME = Pattern.compile("step-(\\d{1,18})\\.ckpt");
  private static final String DAMAGED = ".damaged";

  private final Path folder;

  Checkpoints(Path folder) {
    this.folder = folder;
  }

  /** A checkpoint by its name. */
  private record Stored(long step, Path file) {}

  /** The file of a step. */
  Path file(long step) {
    if (step < 0) {
      throw new IllegalArgumentException("step is " + step + ": it must not be negative");
    }
    return folder.resolve(String.format(Locale.ROOT, "step-%09d.ckpt", step));
  }

  /**
   * Writes the checkpoint of {@code step}; then of all up to it only the newest {@code keep} stay.
   */
  void write(
      long step, int keep, ObjectNode settings, ObjectNode progress, Map<String, Block> tensors) {
    if (keep < 1) {
      throw new IllegalArgumentException("keep is " + keep + ": at least 1 checkpoint is kept");
    }
    CheckpointFile.write(file(step), settings, progress, tensors);
    List<Stored> newestFirst = list();
    for (Stored stored :
        newestFirst.subList(Math.min(keep, newestFirst.size()), newestFirst.size())) {
      delete(stored.file());
    }
  }

  /**
   * Opens the newest checkpoint that is whole. Those newer than it are set aside with a warning
   * each.
   *
   * @throws CorruptFileException if there are checkpoints but none is whole
   */
  Optional<CheckpointFile> openNewest() {
    List<RuntimeException> failures = new ArrayList<>();
    List<Path> damaged = new ArrayList<>();
    for (Stored stored : list()) {
      try {
        CheckpointFile checkpoint = CheckpointFile.open(stored.file());
        for (int i = 0; i < damaged.size(); i++) {
          LOG.warn(
              "checkpoint {} is damaged and set aside, the run goes on from {}: {}",
              damaged.get(i).getFileName(),
              stored.file().getFileName(),
              failures.get(i).getMessage());
          setAside(damaged.get(i));
        }
        return Optional.of(checkpoint);
      } catch (CorruptFileException | UncheckedIOException e) {
        failures.add(e);
        damaged.add(stored.file());
      }
    }
    if (failures.isEmpty()) {
      return Optional.empty();
    }
    CorruptFileException none =
        new CorruptFileException(
            folder,
            "checkpoints",
            "none of " + damaged.size() + " is whole: start the run again in another folder",
            failures.get(0));
    failures.subList(1, failures.size()).forEach(none::addSuppressed);
    throw none;
  }

  /** All checkpoints, the newest first. */
  private List<Stored> list() {
    List<Stored> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        if (name.matches()) {
          found.add(new Stored(Long.parseLong(name.group(1)), file));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + folder + ": " + e.getMessage(), e);
    }
    found.sort(Comparator.comparingLong(Stored::step).reversed());
    return found;
  }

  private void setAside(Path file) {
    try {
      Files.move(file, file.resolveSibling(file.getFileName() + DAMAGED));
      AtomicFile.syncFolder(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot rename " + file + ": " + e.getMessage(), e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + file + ": " + e.getMessage(), e);
    }
  }
}
