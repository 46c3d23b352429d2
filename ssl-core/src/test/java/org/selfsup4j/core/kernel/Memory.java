package org.selfsup4j.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.ShortPointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.BrainFloats;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Slab;

/**
 * The native memory of one test. Places between the elements of a view hold a mark; that no kernel
 * wrote there is checked at the end.
 */
final class Memory implements AutoCloseable {

  private static final double MARK = 77;

  /** A slab and which of its places belong to a view. */
  private static final class Owned {
    private final Slab slab;
    private final boolean[] used;

    Owned(Slab slab, boolean[] used) {
      this.slab = slab;
      this.used = used;
    }
  }

  private final List<Owned> owned = new ArrayList<>();

  /** A block with these numbers. */
  Block put(ElementType type, Layout layout, Numbers numbers) {
    Block block = room(type, layout, numbers.shape);
    set(block, numbers);
    return block;
  }

  Block rows(ElementType type, Numbers numbers) {
    return put(type, Layout.ROWS, numbers);
  }

  Block ids(long... ids) {
    double[] values = new double[ids.length];
    for (int i = 0; i < ids.length; i++) {
      values[i] = ids[i];
    }
    return rows(ElementType.INT64, Numbers.of(values));
  }

  /** A block for a result, full of what must not be read: not-a-number where the type has it. */
  Block room(ElementType type, Layout layout, long... shape) {
    long[] strides = layout.strides(shape);
    long size = layout.offset() + 1;
    boolean empty = false;
    for (int i = 0; i < shape.length; i++) {
      size += Math.max(0, shape[i] - 1) * strides[i];
      empty |= shape[i] == 0;
    }
    Slab slab = Slab.allocate(type, size + 3);
    boolean[] used = new boolean[(int) slab.elements()];
    for (int i = 0; i < used.length; i++) {
      write(slab, i, type == ElementType.BOOL ? 1 : MARK);
    }
    Block block = new Block(slab, layout.offset(), shape.clone(), strides);
    if (!empty) {
      walk(
          block,
          (place, i) -> {
            used[(int) place] = true;
            write(slab, place, type.isReal() ? Double.NaN : type == ElementType.BOOL ? 1 : -9);
          });
    }
    owned.add(new Owned(slab, used));
    return block;
  }

  void set(Block block, Numbers numbers) {
    walk(block, (place, i) -> write(block.slab(), place, numbers.values[i]));
  }

  Numbers get(Block block) {
    Numbers numbers = Numbers.zeros(block.shape());
    walk(block, (place, i) -> numbers.values[i] = read(block.slab(), place));
    return numbers;
  }

  private static double read(Slab slab, long place) {
    return slab.type() == ElementType.BFLOAT16
        ? BrainFloats.toFloat(((ShortPointer) slab.pointer(place)).get())
        : slab.buffer().getDouble(slab.shift() + place);
  }

  private interface Visit {
    void visit(long place, int index);
  }

  private static void walk(Block block, Visit visit) {
    long count = block.count();
    long[] index = new long[block.rank()];
    for (int i = 0; i < count; i++) {
      long place = block.offset();
      for (int axis = 0; axis < index.length; axis++) {
        place += index[axis] * block.strides()[axis];
      }
      visit.visit(place, i);
      Numbers.advance(index, block.shape());
    }
  }

  private static void write(Slab slab, long place, double value) {
    DataBuffer buffer = slab.buffer();
    switch (slab.type()) {
      case INT64 -> buffer.put(slab.shift() + place, (long) value);
      case BOOL -> buffer.put(slab.shift() + place, value != 0);
      case BFLOAT16 -> ((ShortPointer) slab.pointer(place)).put(BrainFloats.of((float) value));
      case FLOAT, DOUBLE -> buffer.put(slab.shift() + place, value);
    }
  }

  @Override
  public void close() {
    for (Owned each : owned) {
      double mark = each.slab.type() == ElementType.BOOL ? 1 : MARK;
      for (int i = 0; i < each.used.length; i++) {
        if (!each.used[i]) {
          assertThat(read(each.slab, i))
              .as("a place between the elements of a view, which no kernel may write")
              .isEqualTo(mark);
        }
      }
      each.slab.close();
    }
  }
}
