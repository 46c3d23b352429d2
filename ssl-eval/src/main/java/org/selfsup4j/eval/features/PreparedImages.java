package org.selfsup4j.eval.features;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.data.UnreadableException;
import org.selfsup4j.core.random.RandomStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images of a source, preprocessed, batch after batch in the source's order. One that cannot be
 * read is left out: another in its place would count twice in a score.
 */
final class PreparedImages implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PreparedImages.class);

  private final Source<Image> source;
  private final Augmentation preprocessing;
  private final int batchSize;
  private final ExecutorService threads;
  private final List<String> unreadable = new ArrayList<>();
  private Image first;
  private String firstName;
  private long next;

  /** One image, or why there is none. */
  private record Read(long index, Image image, UnreadableException failure) {}

  /**
   * Images of one size.
   *
   * @param indices of the images in the source
   * @param pixels [N, H, W, C] in row-major order
   * @param like one of them, for its size
   */
  record Batch(List<Long> indices, Matrix pixels, Image like) {}

  PreparedImages(Source<Image> source, Extraction extraction) {
    this.source = source;
    this.preprocessing = extraction.preprocessing();
    this.batchSize = extraction.batchSize();
    this.threads =
        Executors.newFixedThreadPool(
            extraction.threads(),
            work -> {
              Thread thread = new Thread(work, "selfsup4j-features");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Names of the images that could not be read so far. */
  List<String> unreadable() {
    return unreadable;
  }

  /** The next batch; null behind the last. */
  Batch next() {
    while (next < source.size()) {
      long end = Math.min(source.size(), next + batchSize);
      List<Callable<Read>> work = new ArrayList<>();
      for (long i = next; i < end; i++) {
        long index = i;
        work.add(() -> read(index));
      }
      next = end;
      Batch batch = batch(run(work));
      if (batch != null) {
        return batch;
      }
    }
    if (first == null) {
      throw new IllegalArgumentException(
          "none of the "
              + source.size()
              + " images of "
              + source.description()
              + " can be read, neither "
              + unreadable.get(0)
              + " nor the others: no features can be taken");
    }
    return null;
  }

  private Read read(long index) {
    try {
      RandomStream random = RandomStream.of(0).at("features").at(index);
      Image image = preprocessing.apply(source.get(index), random);
      if (random.drawn() > 0) {
        throw new IllegalArgumentException(
            "the preprocessing draws random numbers ("
                + preprocessing
                + "): features need a fixed one, for example Resize.of(32) and a Normalize");
      }
      return new Read(index, image, null);
    } catch (UnreadableException e) {
      return new Read(index, null, e);
    }
  }

  private List<Read> run(List<Callable<Read>> work) {
    try {
      List<Read> done = new ArrayList<>();
      for (Future<Read> future : threads.invokeAll(work)) {
        done.add(future.get());
      }
      return done;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("an image could not be prepared", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while images were prepared", e);
    }
  }

  private Batch batch(List<Read> done) {
    List<Long> indices = new ArrayList<>();
    List<Image> images = new ArrayList<>();
    for (Read read : done) {
      if (read.image == null) {
        unreadable.add(source.name(read.index));
        LOG.warn("{}; it is left out", read.failure.getMessage());
      } else {
        requireSameSize(read);
        indices.add(read.index);
        images.add(read.image);
      }
    }
    if (images.isEmpty()) {
      return null;
    }
    int numbers = first.height() * first.width() * first.channels();
    float[] pixels = new float[Math.multiplyExact(images.size(), numbers)];
    for (int i = 0; i < images.size(); i++) {
      images.get(i).writeTo(pixels, i * numbers);
    }
    return new Batch(indices, Matrix.wrap(images.size(), numbers, pixels), first);
  }

  private void requireSameSize(Read read) {
    Image image = read.image;
    if (first == null) {
      first = image;
      firstName = source.name(read.index);
    } else if (image.height() != first.height()
        || image.width() != first.width()
        || image.channels() != first.channels()) {
      throw new IllegalArgumentException(
          source.name(read.index)
              + " is "
              + size(image)
              + " after the preprocessing, but "
              + firstName
              + " is "
              + size(first)
              + ": let the preprocessing make all images one size, for example with Resize.of(32)");
    }
  }

  private static String size(Image image) {
    return image.height() + "x" + image.width() + " with " + image.channels() + " channels";
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
