package org.selfsup4j.core.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {

  @TempDir Path folder;

  @Test
  void makesAndReplacesAFile() throws IOException {
    Path file = folder.resolve("weights.bin");
    AtomicFile.write(file, out -> out.write("old".getBytes(UTF_8)));
    assertThat(file).hasContent("old");
    AtomicFile.write(file, out -> out.write("new and longer".getBytes(UTF_8)));
    assertThat(file).hasContent("new and longer");
    assertThat(names()).containsExactly("weights.bin");
  }

  @Test
  void contentThatFailsLeavesTheOldFileAndNothingBesideIt() throws IOException {
    Path file = folder.resolve("weights.bin");
    AtomicFile.write(file, out -> out.write("old".getBytes(UTF_8)));
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(new byte[1 << 20]);
                      throw new IllegalStateException("the tensor was closed");
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(file).hasContent("old");
    assertThat(names()).containsExactly("weights.bin");
  }

  @Test
  void aMissingFolderIsNamed() {
    Path file = folder.resolve("nowhere/weights.bin");
    assertThatThrownBy(() -> AtomicFile.write(file, out -> out.write(1)))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage(
            "cannot write %s: there is no folder %s: create it or choose another",
            file, file.getParent());
  }

  @Test
  void aFileInPlaceOfTheFolderIsNamed() throws IOException {
    Path inTheWay = Files.writeString(folder.resolve("out"), "a file");
    assertThatThrownBy(() -> AtomicFile.write(inTheWay.resolve("weights.bin"), out -> out.write(1)))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(inTheWay + " is not a folder: choose another");
  }

  @Test
  void aFolderInPlaceOfTheFileIsNamed() throws IOException {
    Path inTheWay = Files.createDirectories(folder.resolve("weights.bin/full"));
    Path file = inTheWay.getParent();
    assertThatThrownBy(() -> AtomicFile.write(file, out -> out.write(1)))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("it is a folder: remove it or choose another name");
    assertThat(names()).containsExactly("weights.bin");
  }

  @Test
  void anUnwritableFolderIsNamed() {
    Path system = Path.of("/proc/self"); // not even root creates a file here
    assumeThat(system).isDirectory();
    assertThatThrownBy(() -> AtomicFile.write(system.resolve("weights.bin"), out -> out.write(1)))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(
            "folder /proc/self is not writable: choose another or change its permissions");
  }

  @Test
  void leftoversOfKilledWritersAreRemovedAndNothingElse() throws IOException {
    Path leftover = folder.resolve(".weights.bin.0b7a4f3e-8d0c-4c43-9d55-2f7f0c1a9e11.part");
    Files.writeString(leftover, "half");
    Files.writeString(folder.resolve("weights.bin"), "whole");
    Files.writeString(folder.resolve(".hidden.part"), "of somebody else");
    assertThat(AtomicFile.removeLeftovers(folder)).isEqualTo(1);
    assertThat(names()).containsExactly(".hidden.part", "weights.bin");
  }

  @Test
  void aProcessKilledAtAnyMomentLeavesTheOldFileOrTheNew() throws Exception {
    Path file = folder.resolve("state.bin");
    Random random = new Random(20240517);
    List<String> story = new ArrayList<>();
    int leftovers = 0;
    long newest = -1;
    for (int round = 0; round < 24; round++) {
      Process child =
          ChildJvm.start(
              ChildJvm.command(Writer.class, file.toString(), Long.toString(newest + 1)),
              folder.resolve("errors.txt").toFile());
      long reported = -1;
      try (BufferedReader said = child.inputReader(UTF_8)) {
        long wanted = newest + 1 + random.nextInt(4); // some rounds end in the first write
        for (String line = said.readLine(); line != null; line = said.readLine()) {
          reported = Long.parseLong(line);
          if (reported >= wanted) {
            child.waitFor(random.nextInt(4000), TimeUnit.MICROSECONDS); // somewhere in the next
            child.toHandle().destroyForcibly(); // the child's own method would close its streams
          }
        }
      }
      assertThat(child.waitFor()).as(Files.readString(folder.resolve("errors.txt"))).isEqualTo(137);

      long found = generationOf(file);
      assertThat(found)
          .as("what was reported as written is there")
          .isBetween(reported, reported + 1);
      leftovers += AtomicFile.removeLeftovers(folder);
      story.add(reported + (found == reported ? " old" : " new"));
      newest = found;
    }
    assertThat(leftovers).as("kills that hit the middle of a write, of %s", story).isPositive();
    assertThat(names()).containsExactly("errors.txt", "state.bin");
  }

  @Test
  void aFullDiskLeavesTheOldFile() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    List<String> child = ChildJvm.command(Filler.class, disk.toString());
    // A disk of 256 KB in a name space of its own; where that is not allowed, a limit on file
    // sizes.
    String script =
        "d=\"$1\"; shift; if unshare -rm true 2>/dev/null; then exec unshare -rm sh -c"
            + " 'mount -t tmpfs -o size=256k tmpfs \"$0\" && exec \"$@\"' \"$d\" \"$@\";"
            + " else ulimit -f 256; exec \"$@\"; fi";
    List<String> command = new ArrayList<>(List.of("sh", "-c", script, "sh", disk.toString()));
    command.addAll(child);
    Path errors = folder.resolve("errors.txt");
    Process process = ChildJvm.start(command, errors.toFile());
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
    assertThat(said)
        .contains("cannot write " + disk.resolve("state.bin") + ": ")
        .containsAnyOf("No space left on device", "File too large")
        .contains("old file: 0, names: [state.bin]");
  }

  /** Writes generations of a file for ever, and says when each is written. */
  static final class Writer {
    public static void main(String[] arguments) throws IOException {
      for (long generation = Long.parseLong(arguments[1]); ; generation++) {
        long current = generation;
        AtomicFile.write(Path.of(arguments[0]), out -> writeGeneration(current, 300_000, out));
        System.out.println(generation);
        System.out.flush();
      }
    }
  }

  /** Fills its disk. */
  static final class Filler {
    public static void main(String[] arguments) throws IOException {
      Path file = Path.of(arguments[0], "state.bin");
      AtomicFile.write(file, out -> writeGeneration(0, 50_000, out));
      try {
        AtomicFile.write(file, out -> writeGeneration(1, 2_000_000, out));
      } catch (UncheckedIOException e) {
        System.out.println(e.getMessage());
      }
      try (Stream<Path> entries = Files.list(file.getParent())) {
        List<Path> names = entries.map(Path::getFileName).toList();
        System.out.println("old file: " + generationOf(file) + ", names: " + names);
      }
    }
  }

  private static void writeGeneration(long generation, int size, OutputStream out)
      throws IOException {
    byte[] body = new byte[size];
    new Random(generation).nextBytes(body);
    CRC32 sum = new CRC32();
    sum.update(body);
    DataOutputStream data = new DataOutputStream(out);
    data.writeLong(generation);
    data.writeInt(size);
    for (int at = 0; at < size; at += 4096) { // many writes, so that there are many moments
      data.write(body, at, Math.min(4096, size - at));
    }
    data.writeLong(sum.getValue());
    data.flush();
  }

  /** The generation that is in the file, after checking that it is there whole. */
  private static long generationOf(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    long generation = bytes.getLong();
    byte[] body = new byte[bytes.getInt()];
    bytes.get(body);
    CRC32 sum = new CRC32();
    sum.update(body);
    assertThat(bytes.getLong()).isEqualTo(sum.getValue());
    assertThat(bytes.hasRemaining()).isFalse();
    return generation;
  }

  private List<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}
