package org.selfsup4j.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Augmentations;
import org.selfsup4j.core.data.ColorJitter;
import org.selfsup4j.core.data.ExampleOf;
import org.selfsup4j.core.data.GaussianBlur;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.ImageFolder;
import org.selfsup4j.core.data.LoadedBatch;
import org.selfsup4j.core.data.Loader;
import org.selfsup4j.core.data.LoaderOptions;
import org.selfsup4j.core.data.Normalize;
import org.selfsup4j.core.data.RandomGrayscale;
import org.selfsup4j.core.data.RandomHorizontalFlip;
import org.selfsup4j.core.data.RandomResizedCrop;
import org.selfsup4j.core.data.Stacking;
import org.selfsup4j.core.tensor.Tensor;

/**
 * Files a second from a folder of images to batches of two SimCLR views: reading, decoding,
 * augmenting, and writing into a batch's native memory.
 *
 * <pre>{@code
 * InputSpeed FOLDER [--size 224] [--seconds 10] [--threads 1]
 * }</pre>
 *
 * <p>The views are random resized crops, flip, color jitter (.4, .4, .2, .1; p .8), grayscale (p
 * .2), Gaussian blur (p .5; none at 32 and below), normalised. Prints one JSON line: {@code
 * files_per_second} by the clock, {@code files_per_core_second} by the processor time that the
 * loader's threads took; a file gives two views.
 */
public final class InputSpeed {

  private static final int BATCH = 16;

  /** The two views of a file. */
  record Views(Image first, Image second) {}

  /** The same, stacked. */
  record Batch(Tensor first, Tensor second) {}

  private InputSpeed() {}

  /** See the class comment. */
  public static void main(String[] args) {
    int size = option(args, "--size", 224);
    int threads = option(args, "--threads", 1);
    int seconds = option(args, "--seconds", 10);
    Augmentation views = views(size);
    ExampleOf<Image, Views> example =
        (sample, random) ->
            new Views(views.apply(sample.value(), random), views.apply(sample.value(), random));
    LoaderOptions options = LoaderOptions.training(BATCH, 0).withThreads(threads);
    try (var loader =
        new Loader<>(
            ImageFolder.flat(Path.of(args[0])),
            example,
            Stacking.of(Views.class, Batch.class),
            options)) {
      run(loader, 0, seconds); // the compiler's turn
      System.out.printf(
          Locale.ROOT,
          "{\"size\": %d, \"threads\": %d, %s}%n",
          size,
          threads,
          run(loader, 1_000_000, seconds));
    }
  }

  private static String run(Loader<?, ?, Batch> loader, long epoch, int seconds) {
    long start = System.nanoTime();
    long end = start + seconds * 1_000_000_000L;
    long files = 0;
    long busy = 0;
    while (System.nanoTime() < end) {
      try (var batches = loader.epoch(epoch++)) {
        while (batches.hasNext() && System.nanoTime() < end) {
          try (LoadedBatch<Batch> batch = batches.next()) {
            files += batch.size();
            busy += batch.busyNanos();
          }
        }
      }
    }
    double wall = (System.nanoTime() - start) / 1e9;
    return String.format(
        Locale.ROOT,
        "\"files_per_second\": %.1f, \"files_per_core_second\": %.1f",
        files / wall,
        files / (busy / 1e9));
  }

  private static Augmentation views(int size) {
    List<Augmentation> steps = new ArrayList<>();
    steps.add(RandomResizedCrop.of(size).withScale(0.2, 1));
    steps.add(new RandomHorizontalFlip(0.5));
    steps.add(ColorJitter.of(0.4, 0.4, 0.2, 0.1).withProbability(0.8));
    steps.add(new RandomGrayscale(0.2));
    if (size > 32) {
      steps.add(GaussianBlur.simClr().withProbability(0.5));
    }
    steps.add(Normalize.imageNet());
    return new Augmentations(steps);
  }

  private static int option(String[] args, String name, int otherwise) {
    for (int i = 1; i + 1 < args.length; i++) {
      if (args[i].equals(name)) {
        return Integer.parseInt(args[i + 1]);
      }
    }
    return otherwise;
  }
}
