package org.selfsup4j.core.tensor;

import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** Elements picked, put and reordered by INT64 indices. */
public final class Rows {

  private Rows() {}

  /**
   * {@code y[i...] = table[ids[i...]]}: embedding lookup.
   *
   * @param table [R, D...]
   * @param ids [...] INT64
   * @return [..., D...]
   * @throws IndexOutOfBoundsException naming an id outside [0, R)
   */
  public static Tensor gather(Tensor table, Tensor ids) {
    Operation op = Operation.of("gather", table, ids);
    requireIds("gather", ids);
    long rows = table.size(0);
    long width = rows == 0 ? 0 : table.shape().count() / rows;
    long[] shape = java.util.Arrays.copyOf(ids.shape().raw(), ids.rank() + table.rank() - 1);
    System.arraycopy(table.shape().raw(), 1, shape, ids.rank(), table.rank() - 1);
    Tensor y = op.result(table.type(), Shape.of(shape));
    long n = ids.shape().count();
    Block flatIds = savedIds(op, ids).reshape(n);
    Block matrix = op.contiguous(table).reshape(rows, width);
    op.kernels().gatherRows(matrix, flatIds, y.block().reshape(n, width));
    return op.record(
        y,
        g -> {
          Block target = g.target(0);
          Block dense =
              target.isContiguous() ? target : g.scratch(table.type(), table.shape().raw());
          Block dy = g.upstream().reshape(n, width);
          if (dy == null) {
            Block copy = g.scratch(table.type(), shape);
            g.kernels().copy(g.upstream(), copy);
            dy = copy.reshape(n, width);
          }
          g.kernels().fill(dense, 0);
          g.kernels().scatterAddRows(dy, flatIds, dense.reshape(rows, width));
          if (dense != target) {
            g.kernels().copy(dense, target);
          }
        });
  }

  /**
   * {@code y = table; y[ids[i]] += rows[i]}; ids may repeat.
   *
   * @param table [R, D]
   * @param ids [n] INT64
   * @param rows [n, D]
   */
  public static Tensor scatterAdd(Tensor table, Tensor ids, Tensor rows) {
    Operation op = Operation.of("scatterAdd", table, ids, rows);
    requireIds("scatterAdd", ids);
    if (table.type() != rows.type()) {
      throw new IllegalArgumentException(
          "scatterAdd: the table is "
              + table.type()
              + ", the rows are "
              + rows.type()
              + ": use to(type)");
    }
    if (table.rank() != 2
        || rows.rank() != 2
        || ids.rank() != 1
        || rows.size(0) != ids.size(0)
        || rows.size(1) != table.size(1)) {
      throw new ShapeException(
          "scatterAdd: table [R, D] "
              + table.shape()
              + ", ids [n] "
              + ids.shape()
              + " and rows [n, D] "
              + rows.shape()
              + " do not fit");
    }
    Tensor y = op.result(table.type(), table.shape());
    Block flatIds = savedIds(op, ids);
    op.kernels().copy(table.block(), y.block());
    op.kernels().scatterAddRows(rows.block(), flatIds, y.block());
    return op.record(
        y,
        g -> {
          g.share(0, g.upstream());
          if (g.wanted(2)) {
            Block dy = g.scratch(table.type(), table.shape().raw());
            g.kernels().copy(g.upstream(), dy);
            Block picked = g.scratch(rows.type(), rows.shape().raw());
            g.kernels().gatherRows(dy, flatIds, picked);
            g.kernels().copy(picked, g.target(2));
          }
        });
  }

  /**
   * Each sample's own choice of its tokens.
   *
   * @param tokens [N, T, D...]
   * @param ids [N, K] INT64, positions in [0, T)
   * @return [N, K, D...]
   */
  public static Tensor gatherTokens(Tensor tokens, Tensor ids) {
    requireIds("gatherTokens", ids);
    long n = tokens.size(0);
    long count = tokens.size(1);
    if (ids.rank() != 2 || ids.size(0) != n) {
      throw new ShapeException(
          "gatherTokens: ids " + ids.shape() + " must be [N, K] of tokens " + tokens.shape());
    }
    long[] flat = tokens.shape().toArray();
    long[] merged = java.util.Arrays.copyOfRange(flat, 1, flat.length);
    merged[0] = n * count;
    return gather(tokens.reshape(merged), counted("gatherTokens", ids, count));
  }

  /**
   * Behind each sample's own tokens some of a table that all samples share: what is alike in all of
   * them is computed once and put in its places here.
   *
   * @param tokens [N, V, D]
   * @param table [R, D] of the same type
   * @param ids [N, M] INT64 in [0, R)
   * @return [N, V + M, D]
   */
  public static Tensor appendTokens(Tensor tokens, Tensor table, Tensor ids) {
    Operation op = Operation.of("appendTokens", tokens, table, ids);
    requireIds("appendTokens", ids);
    ElementType type = tokens.type();
    boolean fits =
        tokens.rank() == 3
            && table.rank() == 2
            && ids.rank() == 2
            && table.type() == type
            && table.size(1) == tokens.size(2)
            && ids.size(0) == tokens.size(0);
    if (!fits) {
      throw new ShapeException(
          "appendTokens: tokens [N, V, D] "
              + tokens.shape()
              + ", table [R, D] "
              + table.shape()
              + " and ids [N, M] "
              + ids.shape()
              + " do not fit, or tokens and table have different types");
    }
    long own = tokens.size(1);
    long all = own + ids.size(1);
    Block places = savedIds(op, ids);
    Tensor y = op.result(type, Shape.of(tokens.size(0), all, tokens.size(2)));
    op.kernels().copy(tokens.block(), y.block().slice(1, 0, own));
    Block rows = op.contiguous(table);
    for (int i = 0; i < tokens.size(0); i++) {
      op.kernels().gatherRows(rows, sample(places, i), sample(y.block(), i).slice(0, own, all));
    }
    return op.record(
        y,
        g -> {
          g.share(0, g.upstream().slice(1, 0, own));
          if (g.wanted(1)) {
            addAppended(g, places, own, type);
          }
        });
  }

  /** Adds up in float what is narrower, as everywhere. */
  private static void addAppended(Gradients g, Block places, long own, ElementType type) {
    ElementType wide = type == ElementType.BFLOAT16 ? ElementType.FLOAT : type;
    Block target = g.target(1);
    Block sum = g.scratch(wide, target.shape());
    boolean asItIs = wide == type && g.upstream().stride(2) == 1;
    Block part = asItIs ? null : g.scratch(wide, places.size(1), target.size(1));
    g.kernels().fill(sum, 0);
    for (int i = 0; i < places.size(0); i++) {
      Block dy = sample(g.upstream(), i);
      Block rows = dy.slice(0, own, dy.size(0));
      if (!asItIs) {
        g.kernels().copy(rows, part);
      }
      g.kernels().scatterAddRows(asItIs ? rows : part, sample(places, i), sum);
    }
    g.kernels().copy(sum, target);
  }

  /** Sample {@code i} of [N, ...], without the first axis. */
  private static Block sample(Block block, int i) {
    long[] shape = java.util.Arrays.copyOfRange(block.shape(), 1, block.rank());
    long[] strides = java.util.Arrays.copyOfRange(block.strides(), 1, block.rank());
    return block.view(i * block.stride(0), shape, strides);
  }

  /**
   * {@code y[i][j] = x[i][ids[i][j]]} along the last axis: the probability of each row's class.
   *
   * @param x [..., C]
   * @param ids [..., K] INT64 in [0, C)
   * @return [..., K]
   */
  public static Tensor pick(Tensor x, Tensor ids) {
    requireIds("pick", ids);
    if (ids.rank() != x.rank() || !ids.shape().with(-1, 1).equals(x.shape().with(-1, 1))) {
      throw new ShapeException(
          "pick: ids " + ids.shape() + " must equal " + x.shape() + " in all axes but the last");
    }
    long width = x.size(-1);
    return gather(x.reshape(x.shape().count()), counted("pick", ids, width));
  }

  /** {@code y[..., i, ...] = x[..., order[i], ...]} along {@code axis}. */
  public static Tensor select(Tensor x, int axis, long... order) {
    int front = x.shape().axis(axis);
    long size = x.size(front);
    long lead = 1;
    for (int i = 0; i < front; i++) {
      lead *= x.size(i);
    }
    long[] ids = new long[(int) (lead * order.length)];
    for (int j = 0; j < order.length; j++) {
      requireInside("select", order[j], size);
      for (int i = 0; i < lead; i++) {
        ids[i * order.length + j] = i * size + order[j];
      }
    }
    Session session = Operation.of("select", x).session();
    Tensor rows = x.reshape(lead * size, -1);
    return gather(rows, session.ids(ids, ids.length))
        .reshape(x.shape().with(front, order.length).raw());
  }

  /** In reverse order along {@code axis}. */
  public static Tensor flip(Tensor x, int axis) {
    return roll(x, axis, 0, true);
  }

  /** Moved on by {@code shift} along {@code axis}; what leaves at the end enters at the start. */
  public static Tensor roll(Tensor x, int axis, long shift) {
    return roll(x, axis, shift, false);
  }

  private static Tensor roll(Tensor x, int axis, long shift, boolean reverse) {
    int n = (int) x.size(axis);
    long[] order = new long[n];
    for (int i = 0; i < n; i++) {
      order[i] = reverse ? n - 1 - i : Math.floorMod(i - shift, (long) n);
    }
    return select(x, axis, order);
  }

  /**
   * ids [..., K] into rows of {@code width}, counted through all rows; each must lie in its row.
   */
  private static Tensor counted(String name, Tensor ids, long width) {
    long[] values = ids.toLongs();
    long perRow = ids.size(-1);
    for (int i = 0; i < values.length; i++) {
      requireInside(name, values[i], width);
      values[i] += i / perRow * width;
    }
    return Operation.of(name, ids).session().ids(values, ids.shape().raw());
  }

  private static void requireInside(String name, long id, long size) {
    if (id < 0 || id >= size) {
      throw new IndexOutOfBoundsException(name + ": id " + id + " is outside [0, " + size + ")");
    }
  }

  /** The ids in row-major memory that lives as long as the backward pass may need it. */
  private static Block savedIds(Operation op, Tensor ids) {
    if (ids.block().isContiguous()) {
      return ids.block();
    }
    Block copy =
        op.recording()
            ? op.saved(ElementType.INT64, ids.shape().raw())
            : op.scratch(ElementType.INT64, ids.shape().raw());
    op.kernels().copy(ids.block(), copy);
    return copy;
  }

  private static void requireIds(String name, Tensor ids) {
    if (ids.type() != ElementType.INT64) {
      throw new IllegalArgumentException(
          name + ": ids must be INT64, got " + ids.type() + ": a float index breaks at 2^24");
    }
  }
}
