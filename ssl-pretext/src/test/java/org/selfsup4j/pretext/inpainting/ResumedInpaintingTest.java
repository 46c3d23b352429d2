package org.selfsup4j.pretext.inpainting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
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
import org.selfsup4j.core.train.Pretraining;

/** A stopped run goes on with its discriminator, and the moments of both optimizers. */
class ResumedInpaintingTest {

  private final Kernels kernels = KernelSets.choose();
  @TempDir Path temporary;
  private int threads;

  /** The same images, until reading stops working in the third of four steps. */
  private record Breaking(Source<Image> images, AtomicInteger reads) implements Source<Image> {
    @Override
    public long size() {
      return images.size();
    }

    @Override
    public Image get(long index) {
      if (reads.incrementAndGet() > images.size() + 2 * 8 + 2) { // a sheet of views, two batches
        throw new IllegalStateException("the disk is gone");
      }
      return images.get(index);
    }

    @Override
    public String description() {
      return images.description();
    }
  }

  @BeforeEach
  void computeOnOneThread() {
    threads = kernels.threads();
    kernels.setThreads(1); // the fastest for so small networks
  }

  @AfterEach
  void giveThreadsBack() {
    kernels.setThreads(threads);
  }

  private void train(ContextEncoder task, Source<Image> source, Path folder, boolean resume) {
    Pretraining<?, ?, ?> run =
        Pretraining.of(task, source, ContextEncoderTest.plan(2).withCheckpoints(1, 9))
            .withKernels(kernels)
            .withLoader(1, 0);
    if (resume) {
      run.resume(folder, false);
    } else {
      run.run(folder);
    }
  }

  @Test
  void endsWithTheBitsOfARunThatWasNeverStopped() throws IOException {
    Path whole = temporary.resolve("whole");
    train(ContextEncoderTest.small(), ContextEncoderTest.images(), whole, false);
    Path stopped = temporary.resolve("stopped");
    Source<Image> breaking = new Breaking(ContextEncoderTest.images(), new AtomicInteger());
    assertThatThrownBy(() -> train(ContextEncoderTest.small(), breaking, stopped, false))
        .hasMessageContaining("the disk is gone");
    assertThat(stopped.resolve("encoder.safetensors")).doesNotExist();
    assertThat(checkpoint(stopped, 1)).exists();
    train(ContextEncoderTest.small(), ContextEncoderTest.images(), stopped, true);
    for (String file : List.of("checkpoints/step-000000006.ckpt", "encoder.safetensors")) {
      assertThat(stopped.resolve(file)).hasSameBinaryContentAs(whole.resolve(file));
    }
    try (CheckpointFile last = CheckpointFile.open(checkpoint(stopped, 6))) {
      assertThat(last.names())
          .contains(
              "task.discriminator.first.weight",
              "optimizer.discriminator.discriminator.first.weight.first",
              "optimizer.discriminator.discriminator.first.weight.second",
              "optimizer.generator.decoder.bottleneck.weight.second");
    }
  }

  @Test
  void oneByteOfTheDiscriminatorIsMissed() throws IOException {
    ContextEncoder task = ContextEncoderTest.small();
    Path folder = temporary.resolve("run");
    train(task, ContextEncoderTest.images(), folder, false);
    Path file = checkpoint(folder, 6);
    byte[] bytes = Files.readAllBytes(file);
    double[] weights = task.discriminator().orElseThrow().first().weight().toDoubles();
    ByteBuffer some = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    Arrays.stream(weights, 0, 4).forEach(weight -> some.putFloat((float) weight));
    int place =
        IntStream.range(0, bytes.length - 16)
            .filter(i -> Arrays.equals(bytes, i, i + 16, some.array(), 0, 16))
            .findFirst()
            .orElseThrow();
    bytes[place + 1] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(() -> CheckpointFile.open(file))
        .isInstanceOf(CorruptFileException.class)
        .hasMessageContaining("task.discriminator.first.weight");
  }

  private static Path checkpoint(Path folder, int step) {
    return folder.resolve("checkpoints").resolve(String.format("step-%09d.ckpt", step));
  }
}
