package org.selfsup4j.pretext.parts;

import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.module.Buffer;
import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.ShapeException;
import org.selfsup4j.core.tensor.Tensor;

/**
 * The newest embeddings of past batches, in a ring: a batch takes the places of the oldest ones,
 * whatever its size, over the end and on at the start.
 *
 * @param rows [K, d]
 * @param oldest [] INT64: the row that is replaced next
 */
public record Queue(Buffer rows, Buffer oldest) implements Module {

  /** Checks the shapes. */
  public Queue {
    if (rows.shape().rank() != 2
        || oldest.shape().count() != 1
        || oldest.variable().type() != ElementType.INT64) {
      throw new IllegalArgumentException(
          "a queue is of rows [K, d] and one INT64 place, got "
              + rows
              + " and "
              + oldest.variable().type()
              + " "
              + oldest);
    }
  }

  /** Rows of random direction and length 1, as MoCo's code begins. */
  public static Queue of(int size, int dimension, RandomStream random) {
    return new Queue(
        UnitRows.random("a queue", size, dimension, random),
        Buffer.of(ElementType.INT64, new double[] {0}));
  }

  /** K, the number of rows. */
  public int size() {
    return (int) rows.shape().size(0);
  }

  /** d, the width of a row. */
  public int dimension() {
    return (int) rows.shape().size(1);
  }

  /** A copy [K, d] of the rows as they are now, which {@link #add} does not change. */
  public Tensor snapshot(Pass pass) {
    return rows.in(pass).times(1); // [K, d]
  }

  /**
   * Puts a batch in the places of the oldest rows; of one larger than the queue the last rows stay.
   *
   * @param batch [N, d]
   */
  public void add(Tensor batch, Pass pass) {
    if (batch.rank() != 2 || batch.size(1) != dimension()) {
      throw new ShapeException(
          "a queue of rows [K, " + dimension() + "] can't take a batch " + batch.shape());
    }
    Kernels kernels = pass.session().kernels();
    Block to = rows.variable().value();
    Block from = batch.block();
    long count = batch.size(0);
    long size = size();
    long start = (long) oldest.toDoubles()[0];
    long at = Math.max(0, count - size); // rows before these would be replaced by the same batch
    while (at < count) {
      long place = (start + at) % size;
      long length = Math.min(count - at, size - place);
      kernels.copy(from.slice(0, at, at + length), to.slice(0, place, place + length));
      at += length;
    }
    oldest.set(new double[] {(start + count) % size});
  }
}
