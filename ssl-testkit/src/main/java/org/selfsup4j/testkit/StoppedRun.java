package org.selfsup4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.selfsup4j.core.format.CheckpointFile;
import org.selfsup4j.core.format.CorruptFileException;

/**
 * The folder of a run that was never stopped, which can be put back to what a process killed at
 * some step leaves: the checkpoints until then, a log that goes further, no encoder.
 */
final class StoppedRun {

  private static final int SUM_BYTES = 4; // after each tensor, see CheckpointFile

  private final Path folder;
  private final Map<Path, byte[]> undisturbed = new LinkedHashMap<>();

  /** Where the bytes of a tensor lie in a checkpoint. */
  private record Section(String tensor, int from, int to) {}

  /**
   * Remembers what the run left.
   *
   * @param folder of a finished run with a checkpoint of every step
   */
  StoppedRun(Path folder) {
    this.folder = folder;
    for (Path file : results()) {
      undisturbed.put(file, read(file));
    }
  }

  /** Takes away what came after {@code step}. */
  void putBackTo(int step) {
    List<Path> later = checkpoints();
    later.subList(0, step).clear();
    later.forEach(StoppedRun::delete);
    delete(encoder());
  }

  /** Requires weights, optimizer, log and everything else that is kept to be the same bits. */
  void requireSameBits(int stoppedAfter) {
    for (Path file : results()) {
      byte[] got = read(file);
      byte[] want = undisturbed.get(file);
      List<String> differing =
          file.equals(encoder()) || file.equals(log()) ? List.of() : differing(file, got, want);
      assertThat(Arrays.equals(got, want))
          .as(
              "%s of a run that was stopped after step %s and went on is the one of a run that was"
                  + " not; tensors that differ: %s (what a task remembers must be a Parameter or a"
                  + " Buffer, and draws must come from the streams it is given)",
              file.getFileName(), stoppedAfter, differing)
          .isTrue();
    }
  }

  /** Requires the last checkpoint to be refused, by the tensor's name, if one bit of it changes. */
  void requireFlippedBitsNoticed() {
    Path file = lastCheckpoint();
    byte[] bytes = read(file);
    for (Section section : sections(file, bytes.length)) {
      byte[] damaged = bytes.clone();
      damaged[(section.from() + section.to()) / 2] ^= 4;
      write(file, damaged);
      assertThatThrownBy(() -> CheckpointFile.open(file).close())
          .as("a checkpoint in which one bit of %s has changed", section.tensor())
          .isInstanceOf(CorruptFileException.class)
          .hasMessageContaining(section.tensor());
    }
    write(file, bytes);
  }

  private static List<String> differing(Path checkpoint, byte[] got, byte[] want) {
    if (got.length != want.length) {
      return List.of("their number or shapes");
    }
    return sections(checkpoint, got.length).stream()
        .filter(s -> !Arrays.equals(got, s.from(), s.to(), want, s.from(), s.to()))
        .map(Section::tensor)
        .toList();
  }

  /** All tensors, found from the end of the file, where the last one's sum is. */
  private static List<Section> sections(Path file, int length) {
    List<Section> sections = new ArrayList<>();
    try (CheckpointFile checkpoint = CheckpointFile.open(file)) {
      List<String> names = new ArrayList<>(checkpoint.names());
      Collections.reverse(names);
      int end = length;
      for (String name : names) {
        int to = end - SUM_BYTES;
        long count = 1;
        for (long size : checkpoint.shape(name)) {
          count *= size;
        }
        int from = Math.toIntExact(to - count * checkpoint.type(name).bytes());
        sections.add(new Section(name, from, to));
        end = from;
      }
    }
    return sections;
  }

  private List<Path> results() {
    return List.of(lastCheckpoint(), encoder(), log());
  }

  private Path encoder() {
    return folder.resolve("encoder.safetensors");
  }

  private Path log() {
    return folder.resolve("metrics.jsonl");
  }

  private Path lastCheckpoint() {
    List<Path> all = checkpoints();
    return all.get(all.size() - 1);
  }

  /** The checkpoints by their steps, from step 1 on. */
  private List<Path> checkpoints() {
    try (Stream<Path> files = Files.list(folder.resolve("checkpoints"))) {
      return new ArrayList<>(files.sorted().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes a file, or a folder with all that is in it. */
  static void delete(Path path) {
    try (Stream<Path> all = Files.walk(path)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, byte[] bytes) {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
