package org.selfsup4j.pretext.simclr;

import org.selfsup4j.core.tensor.Arithmetic;
import org.selfsup4j.core.tensor.Losses;
import org.selfsup4j.core.tensor.Operation;
import org.selfsup4j.core.tensor.Reductions;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.ShapeException;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.pretext.parts.Temperature;

/**
 * The normalised temperature-scaled cross-entropy (Chen et al. 2020, equation 1).
 *
 * @param loss mean over all 2N views
 * @param accuracy part of the views whose most similar other view is their partner
 */
public record NtXent(Tensor loss, double accuracy) {

  /**
   * Compares each view with all others of the batch; row i's partner is row (i + N) mod 2N.
   *
   * @param z [2N, d], first views then second views; rows need not be normalised
   * @param temperature above 0
   */
  public static NtXent of(Tensor z, double temperature) {
    if (z.rank() != 2 || z.size(0) % 2 != 0 || z.size(0) < 4) {
      throw new ShapeException(
          "NT-Xent needs embeddings [2N, d] of at least two images in two views, got " + z.shape());
    }
    Temperature.require("temperature", temperature);
    int n = (int) z.size(0);
    Session session = Operation.of("ntXent", z).session();
    Tensor unit = Reductions.l2Normalize(z); // [2N, d]
    Tensor similarity = unit.matmul(unit.transpose()).dividedBy(temperature); // [2N, 2N]
    boolean[] self = new boolean[n * n];
    long[] partner = new long[n];
    for (int i = 0; i < n; i++) {
      self[i * n + i] = true;
      partner[i] = (i + (long) n / 2) % n;
    }
    Tensor never = session.full(z.type(), -1e9, 1, 1);
    Tensor logits = Arithmetic.where(session.mask(self, n, n), never, similarity); // [2N, 2N]
    Tensor ids = session.ids(partner, n);
    return new NtXent(Losses.crossEntropy(logits, ids), Losses.accuracy(logits, ids));
  }
}
