package org.selfsup4j.eval.knn;

import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.tensor.Kept;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.eval.features.Matrix;

/**
 * Exact search by cosine: products of blocks of test rows with blocks of training rows, of which
 * only the best stay. The memory beside the features is a few blocks, whatever their number.
 */
final class NeighbourSearch {

  private static final int MOST_TEST_ROWS = 1024;
  private static final int MOST_TRAIN_ROWS = 4096;
  private static final int MOST_NUMBERS = 1 << 24; // of one block: 64 MB

  private final Kernels kernels;
  private final int k;

  NeighbourSearch(Kernels kernels, int k) {
    this.kernels = kernels;
    this.k = k;
  }

  /** The k nearest rows of {@code train} for each row of {@code test}. */
  Neighbours of(Matrix train, Matrix test) {
    Neighbours nearest = new Neighbours(test.rows(), k);
    int trainBlock = block(MOST_TRAIN_ROWS, train.columns());
    int testBlock = block(MOST_TEST_ROWS, train.columns());
    try (Arena arena = new Arena()) {
      for (int first = 0; first < train.rows(); first += trainBlock) {
        int last = Math.min(train.rows(), first + trainBlock);
        try (Kept candidates = keep(unitRows(train, first, last), last - first, arena)) {
          for (int row = 0; row < test.rows(); row += testBlock) {
            int end = Math.min(test.rows(), row + testBlock);
            float[] scores = products(unitRows(test, row, end), end - row, candidates, arena);
            for (int i = row; i < end; i++) {
              int from = (i - row) * (last - first);
              nearest.offer(i, scores, from, from + last - first, first);
            }
          }
        }
      }
    }
    nearest.sort();
    return nearest;
  }

  private static int block(int most, int width) {
    return Math.max(1, Math.min(most, MOST_NUMBERS / width));
  }

  private Kept keep(float[] rows, int count, Arena arena) {
    try (Session session = Session.evaluation(kernels, arena, "training rows")) {
      return session.tensor(rows, count, rows.length / count).keep();
    }
  }

  private float[] products(float[] rows, int count, Kept candidates, Arena arena) {
    try (Session session = Session.evaluation(kernels, arena, "similarities")) {
      Tensor test = session.tensor(rows, count, rows.length / count); // [M, D]
      return test.matmul(candidates.in(session).transpose()).toFloats(); // [M, N]
    }
  }

  /** Rows {@code from} to {@code to} (exclusive), each divided by its length; zeros stay zeros. */
  private static float[] unitRows(Matrix matrix, int from, int to) {
    int width = matrix.columns();
    float[] rows = new float[(to - from) * width];
    for (int row = from; row < to; row++) {
      int start = (row - from) * width;
      matrix.copyRow(row, rows, start);
      double square = 0;
      for (int i = start; i < start + width; i++) {
        square += (double) rows[i] * rows[i];
      }
      double length = Math.max(Math.sqrt(square), 1e-12); // PyTorch's normalize
      for (int i = start; i < start + width; i++) {
        rows[i] = (float) (rows[i] / length);
      }
    }
    return rows;
  }
}
