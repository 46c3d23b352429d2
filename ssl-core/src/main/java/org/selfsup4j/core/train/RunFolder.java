package org.selfsup4j.core.train;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.selfsup4j.core.format.AtomicFile;
import org.selfsup4j.core.format.CheckpointFile;
import org.selfsup4j.core.format.CorruptFileException;
import org.selfsup4j.core.memory.Block;

/**
 * A run on disk.
 *
 * <pre>
 * run.json              what was asked for, where and with which versions: {@link RunDescription}
 * metrics.jsonl         loss, rate and measures by step: {@link MetricsLog}
 * checkpoints/          step-000001200.ckpt, the newest few; *.damaged was found so and set aside
 * pictures/             curves, sheets of views and reconstructions
 * encoder.safetensors   what the run was made for, at its end
 * breakdown.txt, .json  where the time went, if asked for: {@link Breakdown}
 * seconds.json          how long it has trained, up to its newest checkpoint
 * run.lock              held while a process works here
 * </pre>
 *
 * Losing power or being killed at any moment leaves a folder that {@link #resume} opens.
 */
public final class RunFolder implements AutoCloseable {

  private static final String DESCRIPTION = "run.json";
  private static final String METRICS = "metrics.jsonl";
  private static final String CHECKPOINTS = "checkpoints";
  private static final String SECONDS = "seconds.json";
  private static final String PICTURES = "pictures";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Path path;
  private final RunLock lock;
  private final RunDescription description;
  private final Checkpoints checkpoints;
  private final MetricsLog metrics;

  private RunFolder(Path path, RunLock lock, RunDescription description) {
    this.path = path;
    this.lock = lock;
    this.description = description;
    this.checkpoints = new Checkpoints(path.resolve(CHECKPOINTS));
    this.metrics = MetricsLog.open(path.resolve(METRICS));
  }

  /** Whether {@code folder} holds a run that {@link #resume} can open. */
  public static boolean holdsRun(Path folder) {
    return Files.isRegularFile(folder.resolve(DESCRIPTION));
  }

  /**
   * Starts a run in a folder that is missing or empty.
   *
   * @throws IllegalStateException if the folder holds something, be it a run or not, or another
   *     process works in it
   * @throws UncheckedIOException if it cannot be created or written
   */
  public static RunFolder create(Path folder, RunDescription description) {
    requireUnused(folder);
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
    RunLock lock = RunLock.take(folder);
    try {
      requireUnused(folder); // now that nobody else can fill it
      prepare(folder);
      byte[] json = MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(description.toJson());
      AtomicFile.write(folder.resolve(DESCRIPTION), out -> out.write(json));
      return new RunFolder(folder, lock, description);
    } catch (JsonProcessingException e) {
      lock.close();
      throw new IllegalArgumentException("the settings cannot be written as JSON", e);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /**
   * Opens a run that is to go on.
   *
   * @throws IllegalStateException if the folder holds no run, or another process works in it
   * @throws CorruptFileException if {@code run.json} is damaged
   * @throws UncheckedIOException if it cannot be written
   */
  public static RunFolder resume(Path folder) {
    if (!holdsRun(folder)) {
      throw new IllegalStateException(
          folder + " holds no run (no " + DESCRIPTION + "): check the path, or start a run in it");
    }
    RunLock lock = RunLock.take(folder);
    try {
      prepare(folder);
      return new RunFolder(folder, lock, description(folder));
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /**
   * What the run in {@code folder} was asked to do; the folder is not opened for writing.
   *
   * @throws CorruptFileException if {@code run.json} is damaged
   */
  public static RunDescription description(Path folder) {
    Path file = folder.resolve(DESCRIPTION);
    try {
      return RunDescription.fromJson(MAPPER.readTree(Files.readAllBytes(file)));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new CorruptFileException(
          file, "description", "is not that of a run: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /** The folder. */
  public Path path() {
    return path;
  }

  /** What the run was asked to do when it was started. */
  public RunDescription description() {
    return description;
  }

  /** The numbers of the run, to be continued. */
  public MetricsLog metrics() {
    return metrics;
  }

  /** Where a picture of this name belongs, such as {@code curves.png}. */
  public Path picture(String name) {
    return path.resolve(PICTURES).resolve(name);
  }

  /** Where the encoder's weights belong. */
  public Path encoderFile() {
    return path.resolve("encoder.safetensors");
  }

  /** For how long the processes before this one trained, each up to its last checkpoint. */
  double seconds() {
    Path file = path.resolve(SECONDS);
    if (!Files.exists(file)) {
      return 0;
    }
    try {
      JsonNode value = MAPPER.readTree(Files.readAllBytes(file)).path("seconds");
      if (!value.isNumber()) {
        throw new CorruptFileException(file, "seconds", "holds no number of seconds: delete it");
      }
      return value.doubleValue();
    } catch (JsonProcessingException e) {
      throw new CorruptFileException(file, "seconds", "is no JSON: delete it", e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  void writeSeconds(double seconds) {
    byte[] json = MAPPER.createObjectNode().put("seconds", seconds).toString().getBytes(UTF_8);
    AtomicFile.write(path.resolve(SECONDS), out -> out.write(json));
  }

  /** Writes where the time of the run's steps went, for the eye and for programs. */
  void writeBreakdown(Breakdown breakdown) {
    byte[] text = breakdown.toText().getBytes(UTF_8);
    AtomicFile.write(path.resolve("breakdown.txt"), out -> out.write(text));
    byte[] json = breakdown.toJson().toPrettyString().getBytes(UTF_8);
    AtomicFile.write(path.resolve("breakdown.json"), out -> out.write(json));
  }

  /**
   * Writes the checkpoint of {@code step} and deletes the oldest but {@code keep}. The lines of the
   * log are on the disk before it, so a resumed run finds all it does not write again.
   *
   * @throws UncheckedIOException if it cannot be written; the older checkpoints are then untouched
   */
  public void writeCheckpoint(
      long step, int keep, ObjectNode progress, Map<String, Block> tensors) {
    metrics.sync();
    checkpoints.write(step, keep, description.settings(), progress, tensors);
  }

  /**
   * Opens the newest checkpoint that is whole; a newer one that is damaged is warned of by name and
   * set aside. Empty where the run was stopped before its first.
   *
   * @throws CorruptFileException if there are checkpoints but none is whole
   */
  public Optional<CheckpointFile> openNewestCheckpoint() {
    return checkpoints.openNewest();
  }

  /** Closes the log and lets other processes in. */
  @Override
  public void close() {
    try {
      metrics.close();
    } finally {
      lock.close();
    }
  }

  /** Makes the folders, cleans up after a killed process, and finds out what cannot be written. */
  private static void prepare(Path folder) {
    Path[] folders = {folder, folder.resolve(CHECKPOINTS), folder.resolve(PICTURES)};
    for (Path each : folders) {
      try {
        Files.createDirectories(each);
      } catch (IOException e) {
        throw unwritable(each, e);
      }
      AtomicFile.removeLeftovers(each);
      Path probe = each.resolve("writable");
      AtomicFile.write(probe, out -> out.write('\n'));
      try {
        Files.delete(probe);
      } catch (IOException e) {
        throw unwritable(each, e);
      }
    }
  }

  /** Refuses a folder that holds more than a run killed while it was being created leaves. */
  /**
   * Refuses a folder that holds something, which a new run would overwrite.
   *
   * @throws IllegalStateException naming what is there
   */
  public static void requireUnused(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    if (!Files.isDirectory(folder)) {
      throw new IllegalStateException(folder + " is a file: choose a folder for the run");
    }
    if (holdsRun(folder)) {
      throw new IllegalStateException(
          folder + " already holds a run: resume it, or choose another folder");
    }
    Set<String> ours = Set.of(RunLock.FILE, CHECKPOINTS, PICTURES, "writable");
    List<String> others =
        names(folder).stream()
            .filter(name -> !ours.contains(name) && !AtomicFile.isLeftover(name))
            .toList();
    boolean started =
        Stream.of(CHECKPOINTS, PICTURES)
            .map(folder::resolve)
            .filter(Files::isDirectory)
            .flatMap(sub -> names(sub).stream())
            .anyMatch(name -> !name.equals("writable") && !AtomicFile.isLeftover(name));
    if (!others.isEmpty() || started) {
      throw new IllegalStateException(
          folder
              + " is not empty and holds no run (it has "
              + first(others.isEmpty() ? names(folder) : others)
              + "): choose an empty folder or a new name");
    }
  }

  private static List<String> names(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + folder + ": " + e.getMessage(), e);
    }
  }

  private static String first(List<String> names) {
    return String.join(", ", names.subList(0, Math.min(3, names.size())))
        + (names.size() > 3 ? ", ..." : "");
  }

  private static UncheckedIOException unwritable(Path folder, IOException cause) {
    return new UncheckedIOException(
        "cannot create or write folder "
            + folder
            + " ("
            + cause
            + "): choose another or change its permissions",
        cause);
  }
}
