package org.selfsup4j.core.kernel.nd4j;

import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.selfsup4j.core.kernel.Epilogue;
import org.selfsup4j.core.kernel.Unary;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.Strides;

/** Matrix products through BLAS. Operands that BLAS can't read as they lie are copied. */
final class Products {

  private final Ops ops;
  private final Scratch scratch;
  private final Elementwise elementwise;

  Products(Ops ops, Scratch scratch, Elementwise elementwise) {
    this.ops = ops;
    this.scratch = scratch;
    this.elementwise = elementwise;
  }

  /** {@code c = epilogue(a b)} or {@code c = c + a b}. */
  void matmul(Block a, Block b, Epilogue epilogue, Block c, boolean accumulate) {
    product(a, b, c, accumulate);
    finish(epilogue, epilogue.bias() == null ? null : epilogue.bias().broadcast(c.shape()), c);
  }

  /** Applies an epilogue whose bias is already of c's shape. */
  void finish(Epilogue epilogue, Block bias, Block c) {
    if (epilogue.factor() != 1) {
      elementwise.unary(Unary.LINEAR, epilogue.factor(), 0, c, c);
    }
    if (bias != null) {
      ops.add(c, bias, c);
    }
    if (epilogue.activation() != null) {
      elementwise.unary(epilogue.activation(), 0, 0, c, c);
    }
    if (epilogue.residual() != null) {
      ops.add(c, epilogue.residual(), c);
    }
  }

  /** {@code c = a b}, or {@code c = c + a b}. */
  void product(Block a, Block b, Block c, boolean accumulate) {
    if (c.count() == 0) {
      return;
    }
    if (a.size(-1) == 0) {
      if (!accumulate) {
        ops.fill(c, 0);
      }
      return;
    }
    if (c.rank() == 2) {
      multiply(a, b, c, accumulate);
      return;
    }
    long m = a.size(-2);
    long k = a.size(-1);
    long n = b.size(-1);
    long batch = c.count() / (m * n);
    if (batch == 1 || isRepeated(b)) {
      // One matrix for all: the leading axes are rows like any other.
      Block rows = a.reshape(batch * m, k);
      Block result = c.reshape(batch * m, n);
      if (rows != null && result != null) {
        multiply(rows, lastTwo(b), result, accumulate);
        return;
      }
    }
    Block left = stacked(a, batch, m, k);
    Block right = stacked(b, batch, k, n);
    Block result = c.reshape(batch, m, n);
    if (result != null) {
      multiply(left, right, result, accumulate);
      return;
    }
    Block whole = scratch.rows(c.type(), c.shape());
    multiply(left, right, whole.reshape(batch, m, n), false);
    if (accumulate) {
      ops.add(c, whole, c);
    } else {
      ops.copy(whole, c);
    }
  }

  private static boolean isRepeated(Block b) {
    for (int axis = 0; axis < b.rank() - 2; axis++) {
      if (b.size(axis) != 1 && b.stride(axis) != 0) {
        return false;
      }
    }
    return true;
  }

  private static Block lastTwo(Block b) {
    return b.view(0, new long[] {b.size(-2), b.size(-1)}, new long[] {b.stride(-2), b.stride(-1)});
  }

  /** The operand as [batch, rows, columns]. */
  private Block stacked(Block x, long batch, long rows, long columns) {
    Block flat = x.reshape(batch, rows, columns);
    if (flat != null) {
      return flat;
    }
    Block copy = scratch.rows(x.type(), x.shape());
    ops.copy(x, copy);
    return copy.reshape(batch, rows, columns);
  }

  private void multiply(Block a, Block b, Block c, boolean accumulate) {
    DynamicCustomOp.DynamicCustomOpsBuilder op =
        DynamicCustomOp.builder("matmul")
            .addInputs(ops.view(readable(a)), ops.view(readable(b)))
            .addOutputs(ops.view(c));
    if (accumulate) {
      op.addFloatingPointArguments(1.0, 1.0); // alpha, beta
    }
    ops.execute(op.build());
  }

  /** The operand as it is where BLAS can read it: one axis contiguous, rows that don't overlap. */
  private Block readable(Block x) {
    long rows = x.size(-2);
    long columns = x.size(-1);
    long down = x.stride(-2);
    long along = x.stride(-1);
    boolean plain = along == 1 && down >= columns;
    boolean transposed = down == 1 && along >= rows;
    if (plain || transposed || (rows == 1 && along > 0) || (columns == 1 && down > 0)) {
      return rows == 1 || columns == 1 ? withSaneStrides(x) : x;
    }
    Block copy = scratch.rows(x.type(), x.shape());
    ops.copy(x, copy);
    return copy;
  }

  /** BLAS looks at the strides of axes of size 1 too. */
  private static Block withSaneStrides(Block x) {
    long[] strides = x.strides().clone();
    int last = x.rank() - 1;
    if (x.size(-2) == 1 && x.size(-1) == 1) {
      strides[last] = 1;
      strides[last - 1] = 1;
    } else if (x.size(-2) == 1) {
      strides[last - 1] = strides[last] * x.size(-1);
    } else {
      strides[last] = strides[last - 1] == 1 ? x.size(-2) : 1;
    }
    return x.view(0, x.shape(), strides);
  }

  /** The block with its axes in another order, copied row-major in that order. */
  Block packed(Block x, int... axes) {
    Block source = x.permute(axes);
    if (Strides.isRowMajor(source.shape(), source.strides())) {
      return source;
    }
    Block copy = scratch.rows(x.type(), source.shape());
    ops.copy(source, copy);
    return copy;
  }
}
