package org.selfsup4j.pretext.jigsaw;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntBinaryOperator;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.tensor.Reductions;
import org.selfsup4j.core.tensor.Tensor;

/** Puzzles as they are given, as the network solves them, and as they are right. */
final class Solution {

  private Solution() {}

  static Map<String, Tensor> pictures(Jigsaw task, Jigsaw.Batch batch, Pass pass) {
    PermutationSet orders = task.permutations();
    Tensor tiles = batch.tiles();
    long[] right = batch.permutation().toLongs();
    long[] guessed = Reductions.argMax(task.logits(tiles, pass), -1).toLongs();
    Map<String, Tensor> pictures = new LinkedHashMap<>();
    pictures.put("puzzle", layOut(tiles, pass, (n, place) -> place));
    pictures.put(
        "solved", layOut(tiles, pass, (n, place) -> orders.tileAt((int) guessed[n], place)));
    pictures.put("right", layOut(tiles, pass, (n, place) -> orders.tileAt((int) right[n], place)));
    return pictures;
  }

  /**
   * Tiles side by side, with a dark line between.
   *
   * @param tiles [K, N, C, h, w]
   * @param cellOf the cell that tile {@code place} of image {@code n} is put into
   * @return [N, C, H, W]
   */
  private static Tensor layOut(Tensor tiles, Pass pass, IntBinaryOperator cellOf) {
    int k = (int) tiles.size(0);
    int n = (int) tiles.size(1);
    int c = (int) tiles.size(2);
    int size = (int) tiles.size(3);
    int rows = (int) Math.round(Math.sqrt(k));
    int side = rows * (size + 1) - 1;
    double[] from = tiles.toDoubles(); // row-major: [K, N, C, size, size]
    double[] to = new double[n * c * side * side];
    Arrays.fill(to, Arrays.stream(from).min().orElse(0));
    for (int row = 0; row < k * n * c * size; row++) {
      int y = row % size;
      int plane = row / size % c;
      int image = row / size / c % n;
      int cell = cellOf.applyAsInt(image, row / size / c / n);
      int top = cell / rows * (size + 1) + y;
      int left = cell % rows * (size + 1);
      int start = ((image * c + plane) * side + top) * side + left;
      System.arraycopy(from, row * size, to, start, size);
    }
    return pass.session().tensor(tiles.type(), to, n, c, side, side);
  }
}
