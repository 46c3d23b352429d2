package org.selfsup4j.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.format.CheckpointFile;
import org.selfsup4j.core.format.CorruptFileException;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.module.Linear;
import org.selfsup4j.core.module.MismatchedWeightsException;

/** What a stopped run goes on with, and what it refuses. */
class ResumedRunTest {

  private static final TrainingPlan PLAN =
      TrainingPlan.of(5, 8).withCheckpoints(5, 2).withLogEvery(3); // 40 steps

  private final Kernels kernels = KernelSets.choose();
  @TempDir Path temporary;
  private Path folder;
  private int threads;

  /** The same images, until reading stops working at about step 33. */
  private record Breaking(Source<Image> images, AtomicInteger reads) implements Source<Image> {
    @Override
    public long size() {
      return images.size();
    }

    @Override
    public Image get(long index) {
      if (reads.incrementAndGet() > 33 * 8) {
        throw new IllegalStateException("the disk is gone");
      }
      return images.get(index);
    }

    @Override
    public String description() {
      return images.description();
    }
  }

  private Pretraining<Image, TinyTask.Example, TinyTask.Batch> training(
      TinyTask task, Source<Image> source, TrainingPlan plan) {
    return Pretraining.of(task, source, plan).withKernels(kernels).withLoader(1, 0);
  }

  private Pretraining<Image, TinyTask.Example, TinyTask.Batch> training() {
    return training(TinyTask.of(8), TinyTask.images(), PLAN);
  }

  @BeforeEach
  void stopARun() {
    threads = kernels.threads();
    kernels.setThreads(1); // the fastest for so small a network
    folder = temporary.resolve("run");
    Source<Image> breaking = new Breaking(TinyTask.images(), new AtomicInteger());
    assertThatThrownBy(() -> training(TinyTask.of(8), breaking, PLAN).run(folder))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the disk is gone");
    assertThat(checkpoint(30)).exists();
    assertThat(checkpoint(25)).exists();
    assertThat(folder.resolve("encoder.safetensors")).doesNotExist();
  }

  @AfterEach
  void giveThreadsBack() {
    kernels.setThreads(threads);
  }

  private Path checkpoint(int step) {
    return folder.resolve("checkpoints").resolve(String.format("step-%09d.ckpt", step));
  }

  private Map<String, String> neverStopped() throws IOException {
    Path whole = temporary.resolve("whole");
    training().run(whole);
    return KilledRunTest.hashes(whole);
  }

  @Test
  void aDamagedCheckpointIsRefusedByNameAndTheOneBeforeUsed() throws IOException {
    byte[] bytes = Files.readAllBytes(checkpoint(30));
    bytes[bytes.length / 2] ^= 4; // in the task's memory, which nothing but the checksum guards
    Files.write(checkpoint(30), bytes);
    assertThatThrownBy(() -> CheckpointFile.open(checkpoint(30)))
        .isInstanceOf(CorruptFileException.class)
        .hasMessageContaining("step-000000030.ckpt")
        .hasMessageContaining("task.memory");
    training().resume(folder, false);
    assertThat(checkpoint(30).resolveSibling("step-000000030.ckpt.damaged")).exists();
    assertThat(KilledRunTest.hashes(folder)).isEqualTo(neverStopped());
  }

  @Test
  void withoutTheNewestCheckpointItGoesOnFromTheOneBefore() throws IOException {
    Files.delete(checkpoint(30));
    training().resume(folder, false);
    assertThat(KilledRunTest.hashes(folder)).isEqualTo(neverStopped());
  }

  @Test
  void aFinishedRunStaysAsItIs() throws IOException {
    training().resume(folder, false);
    Map<String, String> first = KilledRunTest.hashes(folder);
    assertThat(training().resume(folder, false).steps()).isEqualTo(40);
    assertThat(KilledRunTest.hashes(folder)).isEqualTo(first).isEqualTo(neverStopped());
  }

  @Test
  void otherSettingsAreListedAndRefusedUnlessToldOtherwise() {
    TrainingPlan other = PLAN.withSeed(5).withClipNorm(1);
    Source<Image> fewer = TinyTask.images().subset(0, 1, 2, 3, 4, 5, 6, 7);
    assertThatThrownBy(() -> training(TinyTask.of(8), fewer, other).resume(folder, false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("can't go on with the same bits")
        .hasMessageContaining("seed: 0 in the run, 5 now")
        .hasMessageContaining("settings.plan.clipNorm: \"Infinity\" in the run, 1.0 now")
        .hasMessageContaining("data: \"noise (64 items)\" in the run")
        .hasMessageContaining("--resume-anyway");
    Pretrained anyway = training(TinyTask.of(8), TinyTask.images(), other).resume(folder, true);
    assertThat(anyway.steps()).isEqualTo(40);
    assertThat(folder.resolve("encoder.safetensors")).exists();
  }

  @Test
  void otherKernelsAreRefused() {
    Kernels portable = KernelSets.open("nd4j");
    assertThat(portable.name()).isNotEqualTo(kernels.name());
    assertThatThrownBy(() -> training().withKernels(portable).resume(folder, false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("kernels: ");
  }

  @Test
  void theThreadsOfTheRunAreTakenAgain() throws IOException {
    Map<String, String> want = neverStopped();
    kernels.setThreads(2);
    training().resume(folder, false);
    assertThat(kernels.threads()).isEqualTo(1);
    assertThat(KilledRunTest.hashes(folder)).isEqualTo(want);
  }

  @Test
  void aCheckpointOfAnotherTaskIsRefusedWithAllThatDoesNotFit() {
    TinyTask wider = TinyTask.of(16);
    TinyTask other =
        new TinyTask(
            wider.encoder(),
            new Linear(wider.head().weight(), Optional.empty()),
            wider.teacher(),
            wider.memory());
    assertThatThrownBy(() -> training(other, TinyTask.images(), PLAN).resume(folder, true))
        .isInstanceOfSatisfying(
            MismatchedWeightsException.class,
            e -> {
              assertThat(e.unexpected())
                  .containsExactly(
                      "optimizer.all.head.bias.first",
                      "optimizer.all.head.bias.second",
                      "task.head.bias");
              assertThat(e.missing()).isEmpty();
              assertThat(e.misshapen())
                  .contains(
                      "task.encoder.convolution.weight is FLOAT [8, 3, 3, 3], expected FLOAT [16,"
                          + " 3, 3, 3]")
                  .contains("task.head.weight is FLOAT [4, 8], expected FLOAT [4, 16]");
            })
        .hasMessageContaining("step-000000030.ckpt");
  }

  @Test
  void aPlaceThatCannotBeWrittenIsNamedBeforeAnyTraining() throws IOException {
    Path file = Files.write(temporary.resolve("file"), new byte[] {1});
    assertThatThrownBy(() -> training().run(file.resolve("below/run")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(file.resolve("below/run").toString())
        .hasMessageContaining("choose another");
  }

  @Test
  void aFolderOfSomethingElseIsRefused() throws IOException {
    Path photos = Files.createDirectory(temporary.resolve("photos"));
    Files.write(photos.resolve("holiday.jpg"), new byte[] {1});
    assertThatThrownBy(() -> training().run(photos))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("holiday.jpg");
    assertThat(photos.toFile().list()).containsExactly("holiday.jpg");
    assertThatThrownBy(() -> training().run(folder)).hasMessageContaining("already holds a run");
    assertThatThrownBy(() -> training().resume(photos, false)).hasMessageContaining("no run.json");
  }

  @Test
  void picturesThatCannotBeDrawnEndNoRun() throws IOException {
    Path pictures = folder.resolve("pictures");
    for (Path each : List.of(checkpoint(30), checkpoint(25), pictures.resolve("views.png"))) {
      Files.delete(each); // so that it starts from its first step, which draws the views
    }
    for (String name : List.of("views.png", "curves.png")) {
      Files.createDirectories(pictures.resolve(name).resolve("in the way"));
    }
    training().resume(folder, false);
    assertThat(pictures.resolve("curves.png")).isDirectory();
    assertThat(KilledRunTest.hashes(folder)).isEqualTo(neverStopped());
  }
}
