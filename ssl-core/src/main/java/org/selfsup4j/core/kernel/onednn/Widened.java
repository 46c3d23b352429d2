package org.selfsup4j.core.kernel.onednn;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.selfsup4j.core.kernel.Epilogue;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Slab;

/**
 * Copies in FLOAT of operands in BFLOAT16, for the few shapes that oneDNN has no fast code for and
 * that the portable set, which knows no mixed types, must not be given as they are.
 */
final class Widened implements AutoCloseable {

  private final Kernels kernels;
  private final List<Slab> slabs = new ArrayList<>();

  Widened(Kernels kernels) {
    this.kernels = kernels;
  }

  /** Whether there is anything to widen. */
  static boolean isNeeded(Block... operands) {
    return Stream.of(operands).anyMatch(Widened::isNarrow);
  }

  private static boolean isNarrow(Block x) {
    return x != null && x.type() == ElementType.BFLOAT16;
  }

  /** The same numbers in FLOAT; {@code x} itself where it is no BFLOAT16. */
  Block of(Block x) {
    if (!isNarrow(x)) {
      return x;
    }
    Block wide = room(x);
    kernels.copy(x, wide);
    return wide;
  }

  Epilogue of(Epilogue epilogue) {
    return new Epilogue(
        epilogue.factor(), of(epilogue.bias()), epilogue.activation(), of(epilogue.residual()));
  }

  /** Memory for a result that is to go to {@code y}; {@code y} itself where it is no BFLOAT16. */
  Block room(Block y) {
    if (!isNarrow(y)) {
      return y;
    }
    Slab slab = Slab.allocate(ElementType.FLOAT, y.count());
    slabs.add(slab);
    return Block.contiguous(slab, 0, y.shape());
  }

  /** Brings a result home, rounded. */
  void home(Block made, Block y) {
    if (made != y) {
      kernels.copy(made, y);
    }
  }

  @Override
  public void close() {
    slabs.forEach(Slab::close);
  }
}
