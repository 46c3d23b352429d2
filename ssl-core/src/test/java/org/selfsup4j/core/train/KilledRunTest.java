package org.selfsup4j.core.train;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.format.AtomicFile;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.random.RandomStream;

/**
 * A real process is killed at random moments of its training, half of them while it writes a
 * checkpoint, and started again until it ends: with the same bits as one that was never killed.
 */
class KilledRunTest {

  private static final int KILLS = 22;
  private static final int INSIDE_WRITES = 3;

  /**
   * Whether a kill falls into a write is the machine's choice: it gets more chances, if it must.
   */
  private static boolean isEnough(int kills, int insideWrites) {
    return kills >= KILLS && (insideWrites >= INSIDE_WRITES || kills >= 4 * KILLS);
  }

  @TempDir Path temporary;

  @Test
  void killedAtAnyMomentItEndsWithTheSameBits() throws Exception {
    Path whole = temporary.resolve("whole");
    long life;
    try (Life undisturbed = Life.start(whole, temporary)) {
      life = undisturbed.toItsEnd();
    }
    Map<String, String> want = hashes(whole);
    int kills = 0;
    int insideWrites = 0;
    for (int run = 0; !isEnough(kills, insideWrites); run++) {
      Path folder = temporary.resolve("run-" + run);
      boolean ended = false;
      while (!ended) {
        RandomStream random = RandomStream.of(3).at(kills);
        try (Life disturbed = Life.start(folder, temporary)) {
          boolean done = isEnough(kills, insideWrites);
          if (!done && kills % 2 == 0) {
            ended = !disturbed.killedAfter(random.nextInt((int) life / 2));
          } else if (!done) {
            ended = !disturbed.killedWhileWriting(random.nextInt(12), random.nextInt(3));
          } else {
            disturbed.toItsEnd();
            ended = true;
          }
        }
        if (!ended) {
          kills++;
          insideWrites += leftovers(folder);
        }
      }
      assertThat(hashes(folder)).as("run %s, after %s kills in all", run, kills).isEqualTo(want);
    }
    assertThat(insideWrites)
        .as("kills inside a checkpoint's writing")
        .isGreaterThanOrEqualTo(INSIDE_WRITES);
  }

  /** A process that trains, from its first step on. */
  private record Life(Process process, BufferedReader said, Path folder, long since)
      implements AutoCloseable {

    static Life start(Path folder, Path temporary) throws IOException {
      Path errors = temporary.resolve("errors.txt");
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx128m",
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Trainee.class.getName(),
                  folder.toString())
              .redirectError(errors.toFile())
              .start();
      BufferedReader said = process.inputReader(UTF_8);
      assertThat(said.readLine()).as(Files.readString(errors)).isEqualTo("training");
      return new Life(process, said, folder, System.nanoTime());
    }

    /** Lets it end; returns how many milliseconds it trained. */
    long toItsEnd() throws IOException {
      assertThat(said.readLine()).isEqualTo("done");
      return (System.nanoTime() - since) / 1_000_000;
    }

    /** Kills it after some milliseconds, if it is not done before; returns whether it was. */
    boolean killedAfter(long milliseconds) throws IOException, InterruptedException {
      process.waitFor(milliseconds, TimeUnit.MILLISECONDS);
      return killed();
    }

    /** Kills it some milliseconds into the writing of a checkpoint, after it wrote some others. */
    boolean killedWhileWriting(int others, int milliseconds)
        throws IOException, InterruptedException {
      Path checkpoints = Files.createDirectories(folder.resolve("checkpoints"));
      try (WatchService watch = FileSystems.getDefault().newWatchService()) {
        checkpoints.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
        int seen = 0;
        while (seen <= others && process.isAlive()) {
          WatchKey key = watch.poll(100, TimeUnit.MILLISECONDS);
          if (key != null) {
            seen +=
                (int)
                    key.pollEvents().stream()
                        .filter(event -> AtomicFile.isLeftover(event.context().toString()))
                        .count();
            key.reset();
          }
        }
      }
      return killedAfter(milliseconds);
    }

    private boolean killed() throws IOException, InterruptedException {
      process.toHandle().destroyForcibly(); // SIGKILL
      boolean byUs = process.waitFor() == 128 + 9;
      return byUs && !"done".equals(said.readLine());
    }

    @Override
    public void close() throws InterruptedException {
      process.toHandle().destroyForcibly();
      process.waitFor();
    }
  }

  /** What the process does. */
  static final class Trainee {
    public static void main(String[] arguments) {
      Path folder = Path.of(arguments[0]);
      Kernels kernels = KernelSets.choose();
      kernels.setThreads(1); // the fastest for so small a network
      Pretraining<Image, TinyTask.Example, TinyTask.Batch> pretraining =
          Pretraining.of(TinyTask.of(8), TinyTask.images(), plan())
              .withKernels(kernels)
              .withLoader(2, 1);
      System.out.println("training");
      System.out.flush();
      if (RunFolder.holdsRun(folder)) {
        pretraining.resume(folder, false);
      } else {
        pretraining.run(folder);
      }
      System.out.println("done");
    }

    private static TrainingPlan plan() {
      return TrainingPlan.of(16, 8).withCheckpoints(5, 2).withLogEvery(3); // 128 steps
    }
  }

  private static int leftovers(Path folder) throws IOException {
    Path checkpoints = folder.resolve("checkpoints");
    if (!Files.isDirectory(checkpoints)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(checkpoints)) {
      return (int)
          files.filter(file -> AtomicFile.isLeftover(file.getFileName().toString())).count();
    }
  }

  /** SHA-256 of what a run must repeat: weights, log and the newest checkpoint. */
  static Map<String, String> hashes(Path folder) throws IOException {
    Map<String, String> hashes = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder.resolve("checkpoints"))) {
      List<Path> sorted = files.filter(file -> file.toString().endsWith(".ckpt")).sorted().toList();
      Path newest = sorted.get(sorted.size() - 1);
      for (Path file :
          List.of(newest, folder.resolve("metrics.jsonl"), folder.resolve("encoder.safetensors"))) {
        hashes.put(file.getFileName().toString(), hash(file));
      }
    }
    return hashes;
  }

  private static String hash(Path file) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
