package org.selfsup4j.core.tensor;

import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.Slab;

/** Numbers that were taken out of their step: in memory of their own until they are closed. */
public final class Kept implements AutoCloseable {

  private final Slab slab;
  private final Block block;

  Kept(Slab slab, Block block) {
    this.slab = slab;
    this.block = block;
  }

  /** As a constant tensor of {@code session}. */
  public Tensor in(Session session) {
    return session.constant(block);
  }

  /** The sizes of the axes. */
  public Shape shape() {
    return Shape.of(block.shape());
  }

  /** All numbers in row-major order. */
  public double[] toDoubles() {
    return HostArrays.doubles(block);
  }

  /** Gives the memory back. */
  @Override
  public void close() {
    slab.close();
  }
}
