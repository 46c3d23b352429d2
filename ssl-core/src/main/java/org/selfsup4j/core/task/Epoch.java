package org.selfsup4j.core.task;

import java.util.function.Consumer;
import org.selfsup4j.core.data.Batches;
import org.selfsup4j.core.data.ExampleOf;
import org.selfsup4j.core.data.LoadedBatch;
import org.selfsup4j.core.data.Loader;
import org.selfsup4j.core.data.LoaderOptions;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.data.Stacking;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Session;

/**
 * What a task may know and do at the start of an epoch.
 *
 * @param number counted from 0
 * @param epochs of the whole run
 * @param random draws addressed by seed and epoch
 * @param source the data of the run
 * @param loading how {@link #forEachBatch} reads it: every sample once, in the source's order
 * @param kernels of the run
 * @param arena memory of the run's steps, of which none is under way
 * @param restarting what {@link #restart} does
 * @param <T> what the source yields
 */
public record Epoch<T>(
    long number,
    long epochs,
    RandomStream random,
    Source<T> source,
    LoaderOptions loading,
    Kernels kernels,
    Arena arena,
    Consumer<Module> restarting) {

  /** Takes a batch of {@link #forEachBatch}. */
  @FunctionalInterface
  public interface Look<B> {

    /**
     * Looks at a batch.
     *
     * @param batch whose tensors live until this returns
     * @param first the sample in its first row, counted from 0
     * @param pass for the layers: evaluation, without a tape
     */
    void at(B batch, long first, Pass pass);
  }

  /**
   * Shows every sample of the data once, in the source's order, in batches of the run's size; the
   * last may be smaller. A sample that cannot be read is replaced as in training.
   *
   * @param examples makes of a sample what the networks shall see, on loader threads
   * @param stacking makes a batch of examples
   */
  public <E, B> void forEachBatch(ExampleOf<T, E> examples, Stacking<E, B> stacking, Look<B> look) {
    try (Loader<T, E, B> loader = new Loader<>(source, examples, stacking, loading);
        Batches<B> batches = loader.epoch(number)) {
      long first = 0;
      while (batches.hasNext()) {
        try (LoadedBatch<B> loaded = batches.next();
            Session session = Session.evaluation(kernels, arena, "before epoch " + number)) {
          Pass pass = new Pass(false, random.at("look").at(first), session);
          look.at(loaded.open(session), first, pass);
          first += loaded.size();
        }
      }
    }
  }

  /**
   * Lets the optimizers forget what they remember of the parameters of {@code module}, whose values
   * the task has drawn anew: their moments are zeros. One that also corrects its moments by the
   * number of its steps (Adam) goes on counting, and so begins with steps of up to about three
   * times the rate.
   *
   * @throws IllegalArgumentException if the module is no part of the task
   */
  public void restart(Module module) {
    restarting.accept(module);
  }
}
