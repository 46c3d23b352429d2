package org.selfsup4j.eval.knn;

/**
 * The k best candidates that each of some rows has seen. While candidates are offered, the places
 * of a row are a heap whose root is the worst of the kept ones; {@link #sort} puts them in order.
 */
final class Neighbours {

  private final int k;
  private final float[] similarity; // [rows, k]
  private final int[] index; // [rows, k]
  private final int[] filled;

  Neighbours(int rows, int k) {
    this.k = k;
    this.similarity = new float[Math.multiplyExact(rows, k)];
    this.index = new int[similarity.length];
    this.filled = new int[rows];
  }

  /** The similarity of the {@code place}-th nearest, after {@link #sort}. */
  float similarity(int row, int place) {
    return similarity[row * k + place];
  }

  /** The index of the {@code place}-th nearest, after {@link #sort}. */
  int index(int row, int place) {
    return index[row * k + place];
  }

  /**
   * Offers the candidates {@code first, first + 1, ...} to one row. Candidates must come in rising
   * order, so that among equals the lower index stays.
   *
   * @param scores their similarities from {@code from} to {@code to} (exclusive)
   */
  void offer(int row, float[] scores, int from, int to, int first) {
    int root = row * k;
    int next = from;
    while (next < to && filled[row] < k) {
      add(row, scores[next], first + next - from);
      next++;
    }
    if (next == to) {
      return;
    }
    float worst = similarity[root];
    for (; next < to; next++) {
      if (scores[next] > worst) {
        similarity[root] = scores[next];
        index[root] = first + next - from;
        sink(root, 0, k);
        worst = similarity[root];
      }
    }
  }

  /** Puts the places of every row in order, the nearest first. */
  void sort() {
    for (int row = 0; row < filled.length; row++) {
      int root = row * k;
      for (int size = filled[row] - 1; size > 0; size--) {
        swap(root, root + size); // the worst goes last
        sink(root, 0, size);
      }
    }
  }

  private void add(int row, float score, int candidate) {
    int root = row * k;
    int place = filled[row]++;
    similarity[root + place] = score;
    index[root + place] = candidate;
    while (place > 0 && isWorse(root + place, root + (place - 1) / 2)) {
      swap(root + place, root + (place - 1) / 2);
      place = (place - 1) / 2;
    }
  }

  private void sink(int root, int start, int size) {
    int place = start;
    while (true) {
      int child = 2 * place + 1;
      if (child >= size) {
        return;
      }
      if (child + 1 < size && isWorse(root + child + 1, root + child)) {
        child++;
      }
      if (!isWorse(root + child, root + place)) {
        return;
      }
      swap(root + child, root + place);
      place = child;
    }
  }

  private boolean isWorse(int a, int b) {
    return similarity[a] < similarity[b] || (similarity[a] == similarity[b] && index[a] > index[b]);
  }

  private void swap(int a, int b) {
    float score = similarity[a];
    similarity[a] = similarity[b];
    similarity[b] = score;
    int candidate = index[a];
    index[a] = index[b];
    index[b] = candidate;
  }
}
