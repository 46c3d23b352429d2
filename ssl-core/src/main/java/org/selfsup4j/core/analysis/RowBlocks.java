package org.selfsup4j.core.analysis;

import java.util.ArrayList;
import java.util.List;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.tensor.Products;
import org.selfsup4j.core.tensor.Reductions;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;

/**
 * Rows in native memory, in blocks of which one at a time is multiplied: what is computed of a
 * block is gone before the next, so the memory stays that of the rows and one block of results. The
 * rows are shifted by an origin near them, for what float keeps of their distances.
 */
final class RowBlocks implements AutoCloseable {

  private static final int RESULTS = 4 << 20; // numbers of a block of results: 16 MB
  private static final int MOST_ROWS = 8192;

  private final FeatureRows rows;
  private final double[] origin;
  private final Kernels kernels;
  private final Arena arena;
  private final Session session;
  private final List<Tensor> blocks = new ArrayList<>();

  /**
   * Copies rows.
   *
   * @param columns of the results that will be asked for
   * @param origin [D], taken from every row
   */
  RowBlocks(FeatureRows rows, int columns, double[] origin, Kernels kernels, Arena arena) {
    this.rows = rows;
    this.origin = origin;
    this.kernels = kernels;
    this.arena = arena;
    this.session = Session.evaluation(kernels, arena, "rows");
    int size = Math.max(1, Math.min(MOST_ROWS, RESULTS / Math.max(columns, rows.width())));
    for (int from = 0; from < rows.count(); from += size) {
      int number = Math.min(size, rows.count() - from);
      float[] shifted = shifted(rows.values(), from * rows.width(), number);
      blocks.add(session.tensor(shifted, number, rows.width()));
    }
  }

  private float[] shifted(float[] values, int from, int number) {
    int width = rows.width();
    float[] shifted = new float[number * width];
    for (int row = 0; row < number * width; row += width) {
      for (int i = 0; i < width; i++) {
        shifted[row + i] = (float) (values[from + row + i] - origin[i]);
      }
    }
    return shifted;
  }

  /**
   * The centre that each row is nearest to, the first of equals: the largest of {@code x c - |c|^2
   * / 2}.
   *
   * @param centres [number, D]
   */
  int[] nearest(float[] centres, int number) {
    int width = rows.width();
    float[] shifted = shifted(centres, 0, number);
    float[] halves = new float[number];
    for (int c = 0; c < number; c++) {
      double square = 0;
      for (int i = c * width; i < (c + 1) * width; i++) {
        square += (double) shifted[i] * shifted[i];
      }
      halves[c] = (float) (-square / 2);
    }
    int[] nearest = new int[rows.count()];
    int done = 0;
    try (Session round = Session.evaluation(kernels, arena, "centres")) {
      Tensor weight = round.tensor(shifted, number, width);
      Tensor bias = round.tensor(halves, number);
      for (Tensor block : blocks) {
        try (Session step = Session.evaluation(kernels, arena, "distances")) {
          Tensor scores =
              Products.linear(over(block, step), over(weight, step), over(bias, step)); // [B, K]
          for (long best : Reductions.argMax(scores, 1).toLongs()) {
            nearest[done++] = (int) best;
          }
        }
      }
    }
    return nearest;
  }

  /** The product of every row with {@code direction} [D], both shifted. */
  float[] products(float[] direction) {
    float[] all = new float[rows.count()];
    int done = 0;
    try (Session round = Session.evaluation(kernels, arena, "products")) {
      Tensor column = round.tensor(shifted(direction, 0, 1), rows.width(), 1); // [D, 1]
      for (Tensor block : blocks) {
        try (Session step = Session.evaluation(kernels, arena, "products")) {
          float[] some = Products.matmul(over(block, step), over(column, step)).toFloats(); // [B,1]
          System.arraycopy(some, 0, all, done, some.length);
          done += some.length;
        }
      }
    }
    return all;
  }

  /** The sum over all shifted rows of {@code x x'}: [D, D]. */
  double[][] scatter() {
    int width = rows.width();
    double[][] sum = new double[width][width];
    for (Tensor block : blocks) {
      try (Session step = Session.evaluation(kernels, arena, "scatter")) {
        Tensor x = over(block, step); // [B, D]
        float[] product = Products.matmul(x.permute(1, 0), x).toFloats(); // [D, D]
        for (int i = 0; i < product.length; i++) {
          sum[i / width][i % width] += product[i];
        }
      }
    }
    return sum;
  }

  /**
   * All shifted rows times the transposed of {@code matrix}.
   *
   * @param matrix [k, D]
   * @return [N, k]
   */
  float[] times(float[] matrix, int k) {
    float[] all = new float[Math.multiplyExact(rows.count(), k)];
    int done = 0;
    try (Session round = Session.evaluation(kernels, arena, "projection")) {
      Tensor weight = round.tensor(matrix, k, rows.width());
      for (Tensor block : blocks) {
        try (Session step = Session.evaluation(kernels, arena, "projection")) {
          float[] some = Products.linear(over(block, step), over(weight, step), null).toFloats();
          System.arraycopy(some, 0, all, done, some.length);
          done += some.length;
        }
      }
    }
    return all;
  }

  private static Tensor over(Tensor tensor, Session step) {
    return step.constant(tensor.block());
  }

  @Override
  public void close() {
    session.close();
  }
}
