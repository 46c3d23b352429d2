package org.selfsup4j.core.tensor;

import java.util.List;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Block;

/**
 * What attention reads, or its gradients: strided views of what a linear layer gives.
 *
 * @param queries [N, T, D]
 * @param keys [N, S, D]
 * @param values [N, S, D]
 * @param memory the blocks [N, ...] that hold them
 */
record QueriesKeysValues(Block queries, Block keys, Block values, List<Block> memory) {

  /** Of {@code packed} [N, T, 3 D]. */
  static QueriesKeysValues of(Block packed) {
    long d = packed.size(2) / 3;
    return new QueriesKeysValues(
        section(packed, 0, d), section(packed, 1, d), section(packed, 2, d), List.of(packed));
  }

  /** Of {@code queries} [N, T, D], and keys and values {@code pairs} [N, S, 2 D]. */
  static QueriesKeysValues of(Block queries, Block pairs) {
    long d = queries.size(2);
    return new QueriesKeysValues(
        queries, section(pairs, 0, d), section(pairs, 1, d), List.of(queries, pairs));
  }

  /** The {@code which}-th run of {@code width} numbers of each row. */
  private static Block section(Block rows, long which, long width) {
    return rows.slice(2, which * width, (which + 1) * width);
  }

  /** Brings images {@code [from, to)} into the cache. */
  void fetch(Kernels kernels, long from, long to) {
    memory.forEach(block -> kernels.fetch(block.slice(0, from, to)));
  }
}
