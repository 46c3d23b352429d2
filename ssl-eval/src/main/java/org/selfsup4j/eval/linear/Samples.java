package org.selfsup4j.eval.linear;

import java.util.ArrayList;
import java.util.List;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.tensor.Kept;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.eval.features.Matrix;

/**
 * Standardised features in native memory, in blocks of rows, for products with the weights of a
 * classifier. Blocks bound the memory of the products where there are many classes.
 */
final class Samples implements AutoCloseable {

  private static final int MOST_LOGITS = 1 << 22; // of one block: 16 MB
  private static final int MOST_ROWS = 8192;
  private static final int LEAST_ROWS = 64;

  private final Kernels kernels;
  private final Arena arena = new Arena();
  private final List<Kept> blocks = new ArrayList<>();
  private final int blockRows;
  private final int rows;
  private final int width;

  Samples(Matrix matrix, Standardisation standardisation, int classes, Kernels kernels) {
    this.kernels = kernels;
    this.rows = matrix.rows();
    this.width = matrix.columns();
    this.blockRows = Math.max(LEAST_ROWS, Math.min(MOST_ROWS, MOST_LOGITS / classes));
    for (int block = 0; block * (long) blockRows < rows; block++) {
      float[] values = standardisation.apply(matrix, firstRow(block), endRow(block));
      try (Session session = session()) {
        blocks.add(session.tensor(values, values.length / width, width).keep());
      }
    }
  }

  int rows() {
    return rows;
  }

  int width() {
    return width;
  }

  int blocks() {
    return (rows + blockRows - 1) / blockRows;
  }

  int firstRow(int block) {
    return block * blockRows;
  }

  /** One behind the last row. */
  int endRow(int block) {
    return (int) Math.min(rows, (block + 1L) * blockRows);
  }

  /** {@code x w'} of one block, [B, C], for weights [C, D]. */
  float[] logits(int block, float[] weights, int classes) {
    try (Session session = session()) {
      Tensor w = session.tensor(weights, classes, width);
      return blocks.get(block).in(session).matmul(w.transpose()).toFloats();
    }
  }

  /** {@code r' x} of one block, [C, D], for residuals r [B, C]. */
  float[] gradient(int block, float[] residuals, int classes) {
    try (Session session = session()) {
      Tensor r = session.tensor(residuals, residuals.length / classes, classes);
      return r.transpose().matmul(blocks.get(block).in(session)).toFloats();
    }
  }

  private Session session() {
    return Session.evaluation(kernels, arena, "linear probe");
  }

  @Override
  public void close() {
    blocks.forEach(Kept::close);
    arena.close();
  }
}
