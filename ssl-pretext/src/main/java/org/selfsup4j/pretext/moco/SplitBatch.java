package org.selfsup4j.pretext.moco;

import java.util.function.UnaryOperator;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Joins;
import org.selfsup4j.core.tensor.Operation;
import org.selfsup4j.core.tensor.Rows;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;

/**
 * A batch that goes through a network in parts, each with batch statistics of its own, as over
 * several machines (He et al. 2020, section 3.3, "shuffling BN"). A query and its key then share
 * their statistics with other images, and can't be matched by them.
 */
final class SplitBatch {

  private SplitBatch() {}

  /**
   * Through {@code network} in {@code splits} equal parts, in order.
   *
   * @param images [N, C, H, W]
   * @return what the network gives, [N, d]
   */
  static Tensor inOrder(Tensor images, int splits, UnaryOperator<Tensor> network) {
    if (splits == 1) {
      return network.apply(images);
    }
    return Joins.concatenate(
        0, Joins.split(images, 0, splits).stream().map(network).toArray(Tensor[]::new)); // [N, d]
  }

  /**
   * The same with the images dealt out to the parts at random; the results are in the order of the
   * images again.
   *
   * @param random names the order that is drawn
   */
  static Tensor shuffled(
      Tensor images, int splits, RandomStream random, UnaryOperator<Tensor> network) {
    if (splits == 1) {
      return network.apply(images); // one part has the same statistics in any order
    }
    int n = (int) images.size(0);
    int[] order = random.permutation(n);
    long[] from = new long[n];
    long[] back = new long[n];
    for (int i = 0; i < n; i++) {
      from[i] = order[i];
      back[order[i]] = i;
    }
    Session session = Operation.of("shuffle", images).session();
    Tensor channelsLast = images.permute(0, 2, 3, 1); // [N, H, W, C]
    Tensor dealt = Rows.gather(channelsLast, session.ids(from, n)).permute(0, 3, 1, 2);
    return Rows.gather(inOrder(dealt, splits, network), session.ids(back, n)); // [N, d]
  }
}
