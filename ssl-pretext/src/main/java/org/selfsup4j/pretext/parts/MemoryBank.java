package org.selfsup4j.pretext.parts;

import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.module.Buffer;
import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Reductions;
import org.selfsup4j.core.tensor.Rows;
import org.selfsup4j.core.tensor.ShapeException;
import org.selfsup4j.core.tensor.Tensor;

/**
 * One embedding of length 1 for each image of the data, in the order of its source: what the
 * network last made of the image, blended with what it had made of it before (Wu et al. 2018,
 * section 3.1).
 *
 * @param rows [n, d]
 */
public record MemoryBank(Buffer rows) implements Module {

  /** Checks the shape. */
  public MemoryBank {
    if (rows.shape().rank() != 2) {
      throw new IllegalArgumentException("a memory bank is of rows [n, d], got " + rows);
    }
  }

  /** Rows of random direction and length 1, one for each of {@code size} images. */
  public static MemoryBank of(int size, int dimension, RandomStream random) {
    return new MemoryBank(UnitRows.random("a memory bank", size, dimension, random));
  }

  /** n, the number of images. */
  public int size() {
    return (int) rows.shape().size(0);
  }

  /** d, the width of a row. */
  public int dimension() {
    return (int) rows.shape().size(1);
  }

  /** A copy [n, d] of all rows as they are now, which {@link #update} does not change. */
  public Tensor snapshot(Pass pass) {
    return rows.in(pass).times(1); // [n, d]
  }

  /**
   * Copies of the rows of chosen images, which {@link #update} does not change.
   *
   * @param index [...] INT64, in [0, n)
   * @return [..., d]
   */
  public Tensor gather(Tensor index, Pass pass) {
    return Rows.gather(rows.in(pass), index);
  }

  /**
   * {@code row = unit(momentum row + (1 - momentum) unit(embedding))} for the images of a batch,
   * without gradient; of two embeddings of one image the later one counts.
   *
   * @param index [N] INT64: which image each embedding is of
   * @param embeddings [N, d], of any length
   * @param momentum share of the old row, in [0, 1); 0 replaces it
   */
  public void update(Tensor index, Tensor embeddings, double momentum, Pass pass) {
    if (index.rank() != 1
        || index.type() != ElementType.INT64
        || embeddings.rank() != 2
        || embeddings.size(0) != index.size(0)
        || embeddings.size(1) != dimension()) {
      throw new ShapeException(
          "a memory bank of rows [n, "
              + dimension()
              + "] needs INT64 indices [N] and embeddings [N, "
              + dimension()
              + "], got "
              + index
              + " and "
              + embeddings);
    }
    Tensor blended =
        pass.session()
            .withoutGradient(
                () ->
                    Reductions.l2Normalize(
                        gather(index, pass)
                            .times(momentum)
                            .plus(
                                Reductions.l2Normalize(embeddings).times(1 - momentum)))); // [N, d]
    Kernels kernels = pass.session().kernels();
    Block from = blended.block();
    Block to = rows.variable().value();
    long[] places = index.toLongs(); // in [0, n): they were gathered
    for (int i = 0; i < places.length; i++) {
      kernels.copy(from.slice(0, i, i + 1), to.slice(0, places[i], places[i] + 1));
    }
  }
}
