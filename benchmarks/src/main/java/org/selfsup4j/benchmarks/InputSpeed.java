package org.selfsup4j.benchmarks;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Augmentations;
import org.selfsup4j.core.data.ExampleOf;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.ImageFolder;
import org.selfsup4j.core.data.ImageSource;
import org.selfsup4j.core.data.LoadedBatch;
import org.selfsup4j.core.data.Loader;
import org.selfsup4j.core.data.LoaderOptions;
import org.selfsup4j.core.data.Stacking;
import org.selfsup4j.core.tensor.Tensor;

/**
 * Files a second from a folder of images to batches of two SimCLR views ({@link InputStages}):
 * reading, decoding, augmenting, and writing into a batch's native memory.
 *
 * <pre>{@code
 * InputSpeed FOLDER [--size 224] [--seconds 10] [--threads 1] [--cache FILE [--cache-side 0]]
 *     [--breakdown 0]
 * }</pre>
 *
 * <p>Prints one JSON line: {@code files_per_second} by the clock, {@code files_per_core_second} by
 * the processor time that the loader's threads took; a file gives two views. With {@code --cache}
 * images come from a file of decoded ones, made before if there is none; with {@code --breakdown N}
 * a second line tells the milliseconds that a file spends in each stage, over N files, on one
 * thread.
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
    int timed = option(args, "--breakdown", 0);
    ImageSource images = source(args);
    Map<String, Augmentation> stages = InputStages.simClr(size);
    Augmentation views = Augmentations.of(stages.values().toArray(Augmentation[]::new));
    ExampleOf<Image, Views> example =
        (sample, random) ->
            new Views(views.apply(sample.value(), random), views.apply(sample.value(), random));
    LoaderOptions options = LoaderOptions.training(BATCH, 0).withThreads(threads);
    try (var loader =
        new Loader<>(images, example, Stacking.of(Views.class, Batch.class), options)) {
      run(loader, 0, seconds); // the compiler's turn
      System.out.printf(
          Locale.ROOT,
          "{\"size\": %d, \"threads\": %d, %s}%n",
          size,
          threads,
          run(loader, 1_000_000, seconds));
    }
    if (timed > 0) {
      System.out.println(InputStages.measure(images, stages, timed));
    }
  }

  private static ImageSource source(String[] args) {
    ImageFolder folder = ImageFolder.flat(Path.of(args[0]));
    String file = text(args, "--cache");
    if (file == null) {
      return folder;
    }
    int side = option(args, "--cache-side", 0);
    return side == 0 ? folder.stored(Path.of(file)) : folder.stored(Path.of(file), side);
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

  private static int option(String[] args, String name, int otherwise) {
    String value = text(args, name);
    return value == null ? otherwise : Integer.parseInt(value);
  }

  private static String text(String[] args, String name) {
    for (int i = 1; i + 1 < args.length; i++) {
      if (args[i].equals(name)) {
        return args[i + 1];
      }
    }
    return null;
  }
}
