package org.selfsup4j.core.data;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.Strides;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;

/**
 * How the values of one part of an example become one part of a batch: {@link #place} looks at a
 * first value and reserves memory for as many rows as a batch has.
 */
sealed interface Stack {

  /** Finds room for {@code rows} rows of values of the size of {@code value}. */
  Placed place(Object value, int rows, Slot.Plan plan);

  /** A part of a batch that has its place in memory. */
  interface Placed {
    /** Writes one value; many threads, each a row of its own. */
    void write(Object value, Slot slot, int row);

    /** The first {@code rows} rows as a part of the batch. */
    Object open(Slot slot, int rows, Session session);
  }

  /** A value that is a row of a tensor. */
  record Single(String name, RowKind kind) implements Stack {
    @Override
    public PlacedRows place(Object value, int rows, Slot.Plan plan) {
      long[] shape = kind.shape(present(name, value));
      long elements = Math.multiplyExact((long) rows, count(shape));
      return new PlacedRows(name, kind, shape, plan.reserve(kind.type(), elements));
    }
  }

  /** A list of values: one tensor with an axis for the list in front, or a list of tensors. */
  record Many(String name, RowKind kind, boolean joined) implements Stack {
    @Override
    public Placed place(Object value, int rows, Slot.Plan plan) {
      List<?> values = (List<?>) present(name, value);
      if (values.isEmpty()) {
        throw new IllegalArgumentException(
            "component '"
                + name
                + "' of the example is an empty list: it needs at least one value");
      }
      if (joined) {
        long[] shape = kind.shape(present(name + "[0]", values.get(0)));
        long run = Math.multiplyExact((long) rows, count(shape));
        long start = plan.reserve(kind.type(), Math.multiplyExact(run, values.size()));
        List<PlacedRows> parts = new ArrayList<>();
        for (int k = 0; k < values.size(); k++) {
          parts.add(new PlacedRows(name + "[" + k + "]", kind, shape, start + k * run));
        }
        return new PlacedMany(name, parts, run);
      }
      List<PlacedRows> parts = new ArrayList<>();
      for (int k = 0; k < values.size(); k++) {
        parts.add(new Single(name + "[" + k + "]", kind).place(values.get(k), rows, plan));
      }
      return new PlacedMany(name, parts, -1);
    }
  }

  /** A record whose components are stacked one by one. */
  record Whole(
      String name, Class<?> type, List<Method> accessors, Constructor<?> batch, List<Stack> parts)
      implements Stack {
    @Override
    public Placed place(Object value, int rows, Slot.Plan plan) {
      List<Placed> placed = new ArrayList<>();
      for (int i = 0; i < parts.size(); i++) {
        placed.add(parts.get(i).place(read(present(name, value), i), rows, plan));
      }
      return new PlacedWhole(this, placed);
    }

    Object read(Object value, int part) {
      try {
        return accessors.get(part).invoke(value);
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalStateException(accessors.get(part) + " cannot be called: " + e, e);
      }
    }

    Object build(Object[] tensors) {
      try {
        return batch.newInstance(tensors);
      } catch (InvocationTargetException e) {
        if (e.getCause() instanceof RuntimeException cause) {
          throw cause; // the record's own check of its components
        }
        throw new IllegalStateException(batch + " failed: " + e.getCause(), e);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(batch + " cannot be called: " + e, e);
      }
    }
  }

  /** Rows of one shape behind each other from {@code offset} on. */
  final class PlacedRows implements Placed {
    private final String name;
    private final RowKind kind;
    private final long[] shape;
    private final long offset;

    PlacedRows(String name, RowKind kind, long[] shape, long offset) {
      this.name = name;
      this.kind = kind;
      this.shape = shape;
      this.offset = offset;
    }

    @Override
    public void write(Object value, Slot slot, int row) {
      long[] given = kind.shape(present(name, value));
      if (!Arrays.equals(given, shape)) {
        throw new IllegalArgumentException(
            "component '"
                + name
                + "' of the example has the sizes "
                + Arrays.toString(given)
                + ", the first example's had "
                + Arrays.toString(shape)
                + ": all examples of a"
                + " batch need equal sizes; resize or crop in example()");
      }
      kind.write(value, slot.slab(kind.type()).pointer(offset + row * count(shape)));
    }

    Block block(Slot slot, int rows) {
      long[] sizes = new long[shape.length + 1]; // [N, ...]
      sizes[0] = rows;
      System.arraycopy(shape, 0, sizes, 1, shape.length);
      long[] strides =
          kind == RowKind.IMAGE ? Strides.channelsLast(sizes) : Strides.rowMajor(sizes);
      return new Block(slot.slab(kind.type()), offset, sizes, strides);
    }

    @Override
    public Tensor open(Slot slot, int rows, Session session) {
      return session.constant(block(slot, rows));
    }
  }

  /** Rows for each value of a list; {@code run} elements from one to the next, or -1: a list. */
  record PlacedMany(String name, List<PlacedRows> parts, long run) implements Placed {
    @Override
    public void write(Object value, Slot slot, int row) {
      List<?> values = (List<?>) present(name, value);
      if (values.size() != parts.size()) {
        throw new IllegalArgumentException(
            "component '"
                + name
                + "' of the example is a list of "
                + values.size()
                + ", the first example's had "
                + parts.size()
                + ": all need the same number");
      }
      for (int k = 0; k < parts.size(); k++) {
        parts.get(k).write(values.get(k), slot, row);
      }
    }

    @Override
    public Object open(Slot slot, int rows, Session session) {
      if (run < 0) {
        List<Tensor> tensors = new ArrayList<>();
        parts.forEach(part -> tensors.add(part.open(slot, rows, session)));
        return List.copyOf(tensors);
      }
      Block first = parts.get(0).block(slot, rows);
      long[] sizes = new long[first.rank() + 1]; // [K, N, ...]
      long[] strides = new long[first.rank() + 1];
      sizes[0] = parts.size();
      strides[0] = run;
      System.arraycopy(first.shape(), 0, sizes, 1, first.rank());
      System.arraycopy(first.strides(), 0, strides, 1, first.rank());
      return session.constant(new Block(first.slab(), first.offset(), sizes, strides));
    }
  }

  /** The components of a record in their places. */
  record PlacedWhole(Whole whole, List<Placed> parts) implements Placed {
    @Override
    public void write(Object value, Slot slot, int row) {
      present(whole.name(), value);
      for (int i = 0; i < parts.size(); i++) {
        parts.get(i).write(whole.read(value, i), slot, row);
      }
    }

    @Override
    public Object open(Slot slot, int rows, Session session) {
      return whole.build(parts.stream().map(part -> part.open(slot, rows, session)).toArray());
    }
  }

  private static long count(long[] shape) {
    long count = 1;
    for (long size : shape) {
      count = Math.multiplyExact(count, size);
    }
    return count;
  }

  private static Object present(String name, Object value) {
    if (value == null) {
      throw new IllegalArgumentException(
          name.isEmpty()
              ? "example() gave null: it must give an example for every sample"
              : "component '" + name + "' of the example is null: it must hold a value");
    }
    return value;
  }
}
