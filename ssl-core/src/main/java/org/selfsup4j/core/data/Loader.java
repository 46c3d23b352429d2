package org.selfsup4j.core.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.selfsup4j.core.random.RandomStream;

/**
 * Makes the batches of each epoch on threads of its own, straight into native memory that it owns
 * and uses over and over.
 *
 * <p>What stands in a batch depends on the seed, the epoch and the batch's number alone: not on the
 * number of threads, on which was faster, or on whether the batches before have been loaded. A
 * sample that cannot be read is replaced by the next one that can, named once in the log, and
 * listed in {@link #unreadable()}.
 *
 * <pre>{@code
 * try (var loader = new Loader<>(source, task::example, stacking, options)) {
 *   try (var batches = loader.epoch(0)) {
 *     while (batches.hasNext()) {
 *       try (var loaded = batches.next();
 *           var session = Session.training(kernels, arena, "step")) {
 *         Batch batch = loaded.open(session);
 *       }
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p>The loader is driven by one thread.
 *
 * @param <T> what the source yields
 * @param <E> one example
 * @param <B> a batch
 */
public final class Loader<T, E, B> implements AutoCloseable {

  private final Source<T> source;
  private final ExampleOf<T, E> examples;
  private final OrderOf orders;
  private final LoaderOptions options;
  private final Unreadables unreadables = new Unreadables();
  private final Workshop workshop;
  private final Slots<E, B> slots;
  private final List<Thread> threads = new ArrayList<>();

  /**
   * A loader whose threads run until it is closed.
   *
   * @param source read by many threads
   * @param examples makes an example of a sample, on many threads
   * @param stacking makes a batch of examples
   * @throws IllegalArgumentException if no batch could be made because the source is smaller than
   *     one
   */
  public Loader(
      Source<T> source, ExampleOf<T, E> examples, Stacking<E, B> stacking, LoaderOptions options) {
    this(source, examples, stacking, options, (items, random) -> Optional.empty());
  }

  /**
   * The same with an order of each epoch's own, asked for when its batches are; not where the
   * options leave the items in the source's order.
   *
   * @param orders called on the thread that drives the loader
   */
  public Loader(
      Source<T> source,
      ExampleOf<T, E> examples,
      Stacking<E, B> stacking,
      LoaderOptions options,
      OrderOf orders) {
    this.source = source;
    this.examples = examples;
    this.orders = orders;
    this.options = options;
    this.slots = new Slots<>(stacking, options.batchSize(), options.prefetch() + 1);
    this.workshop = new Workshop();
    if (batchesPerEpoch() == 0) {
      throw new IllegalArgumentException(
          "batchSize is "
              + options.batchSize()
              + " but "
              + source.description()
              + " has only "
              + source.size()
              + " items: choose a batch of at most that");
    }
    for (int i = 0; i < options.threads(); i++) {
      Thread thread = new Thread(workshop::work, "selfsup4j-loader-" + i);
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
  }

  /** How many batches one epoch has. */
  public long batchesPerEpoch() {
    long size = source.size();
    int batch = options.batchSize();
    return options.dropLast() ? size / batch : (size + batch - 1) / batch;
  }

  /** What the loader was made with. */
  public LoaderOptions options() {
    return options;
  }

  /** The names of the items that could not be read so far, in alphabetical order. */
  public List<String> unreadable() {
    return unreadables.names();
  }

  /** The batches of an epoch from the first on; see {@link #epoch(long, long)}. */
  public Batches<B> epoch(long epoch) {
    return epoch(epoch, 0);
  }

  /**
   * The batches of an epoch from number {@code firstBatch} on; those before are not made. Close the
   * batches of one epoch before asking for another's.
   *
   * @throws IllegalArgumentException if there is no such batch, or the epoch's own order is not one
   *     of the source
   */
  public Batches<B> epoch(long epoch, long firstBatch) {
    if (epoch < 0 || firstBatch < 0 || firstBatch > batchesPerEpoch()) {
      throw new IllegalArgumentException(
          "epoch "
              + epoch
              + ", first batch "
              + firstBatch
              + ": the epoch must not be negative, the"
              + " batch must lie in [0, "
              + batchesPerEpoch()
              + "]");
    }
    RandomStream root = RandomStream.of(options.seed());
    RandomStream draws = root.at("example").at(epoch);
    long first = firstBatch * options.batchSize();
    long end = Math.min(source.size(), batchesPerEpoch() * options.batchSize());
    Feed<T> feed = feed(root, epoch, first);
    EpochProgress progress =
        new EpochProgress(firstBatch, end, options.batchSize(), options.prefetch());
    workshop.begin(progress, position -> make(feed, draws, epoch, position));
    return new Batches<>(workshop, slots, progress);
  }

  private Feed<T> feed(RandomStream root, long epoch, long first) {
    RandomStream order = options.shuffled() ? root.at("order").at(epoch) : null;
    Optional<int[]> own =
        order == null || source.size() > Integer.MAX_VALUE // only a stream is so long
            ? Optional.empty()
            : orders.order((int) source.size(), order.at("own"));
    return own.isPresent()
        ? Feed.of(source, own.get(), unreadables::report)
        : Feed.of(source, order, first, unreadables::report);
  }

  /**
   * The example that stands for item {@code index} in {@code epoch}, made on the calling thread:
   * for looking at what the task sees.
   */
  public E example(long epoch, long index) {
    Sample<T> sample = Sample.read(source, index, unreadables::report);
    RandomStream draws = RandomStream.of(options.seed()).at("example").at(epoch);
    return examples.example(sample, draws.at(index));
  }

  /** Ends the threads, waiting for the examples that are being made, and frees the memory. */
  @Override
  public void close() {
    workshop.close();
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true; // their memory must not be freed before they are done
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    slots.close();
  }

  /** Makes one example and writes it to its row. */
  private void make(Feed<T> feed, RandomStream draws, long epoch, long position) {
    Feed.Drawn<T> drawn = feed.draw(position);
    E example;
    int row = (int) (position % options.batchSize());
    long batch = position / options.batchSize();
    try {
      example = examples.example(drawn.sample(), draws.at(drawn.address()));
      slots.write(example, batch, row);
    } catch (RuntimeException e) {
      long index = drawn.sample().index();
      throw new IllegalStateException(
          "the example of '"
              + source.name(index)
              + "' (index "
              + index
              + ", epoch "
              + epoch
              + ", batch "
              + batch
              + ", row "
              + row
              + ") failed: "
              + e.getMessage(),
          e);
    }
  }
}
