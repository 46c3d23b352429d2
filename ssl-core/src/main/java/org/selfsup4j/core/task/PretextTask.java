package org.selfsup4j.core.task;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.data.Stacking;
import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Tensor;

/**
 * A pretext task: a record whose components are networks and settings. It says how one example is
 * made of one sample, on loader threads, and what the loss of a batch is, on the training thread;
 * batches, memory, optimizers, checkpoints and logs are the trainer's.
 *
 * @param <T> what the source yields: an image, frames, tokens
 * @param <E> an example: a record
 * @param <B> a batch: a record of tensors with the example's component names
 */
public interface PretextTask<T, E, B> extends Module {

  /**
   * Makes an example. Runs on loader threads and reads no parameter and no buffer; every draw comes
   * from {@code random}, which is addressed by seed, epoch and sample.
   */
  E example(Sample<T> sample, RandomStream random);

  /** The loss of a batch, on the training thread. */
  Loss loss(B batch, Step step);

  /** How examples become a batch: read off the types of example and batch. */
  default Stacking<E, B> stacking() {
    return Stacking.of(this, PretextTask.class);
  }

  /** The passes of a step: one that trains everything. */
  default List<Turn<B>> turns() {
    return List.of(new Turn<>("all", List.of(this), this::loss));
  }

  /**
   * Refuses what can't work, before the first step: a queue against a batch size, a bank against a
   * number of samples.
   *
   * @throws IllegalArgumentException saying both values and what to do
   */
  default void check(int batchSize, long samples) {}

  /**
   * The same where more of the source matters than its size: whether its items have an index, as a
   * bank needs it. This is what a run asks; it asks {@link #check(int, long)} if not overridden.
   *
   * @throws IllegalArgumentException saying both values and what to do
   */
  default void check(int batchSize, Source<T> source) {
    check(batchSize, source.size());
  }

  /**
   * Runs before the first batch of an epoch is made, on the training thread: may look at all the
   * data, and change buffers and parameters. What it changes is saved with the rest; a run that
   * goes on inside an epoch does not call it again.
   */
  default void beforeEpoch(Epoch<T> epoch) {}

  /**
   * Which samples an epoch visits, and in which order, as {@link
   * org.selfsup4j.core.data.OrderOf#order}: each once, shuffled, if empty. Asked after {@link
   * #beforeEpoch}, and again where a run goes on inside the epoch: it may depend on its arguments
   * and on what only {@link #beforeEpoch} changes, nothing else.
   */
  default Optional<int[]> order(int samples, RandomStream random) {
    return Optional.empty();
  }

  /** Runs after the optimizer's update: a queue, a centre, a teacher that follows. */
  default void afterStep(Step step) {}

  /**
   * Pictures that show what was learned, by the heading of their column, for instance original,
   * masked and reconstructed; [N, C, H, W] each. Without a tape.
   */
  default Map<String, Tensor> pictures(B batch, Pass pass) {
    return Map.of();
  }
}
