package org.selfsup4j.pretext.mae;

import org.selfsup4j.core.tensor.Joins;
import org.selfsup4j.core.tensor.Rows;
import org.selfsup4j.core.tensor.Tensor;

/**
 * What the decoder makes of a batch. Only masked patches are guessed, and only visible ones are
 * embedded: the loss asks for no other.
 *
 * @param loss mean squared error of the masked patches
 * @param guess [N, T - K, patch patch C], the masked patches in the order of their noise
 * @param order [N, T] INT64, where in (visible patches, masked patches) each patch stands
 */
public record Reconstruction(Tensor loss, Tensor guess, Tensor order) {

  /**
   * Rows of the masked patches in the order of the image, zero where a patch was visible.
   *
   * @param rows [N, T - K, P], such as the guess
   * @return [N, T, P]
   */
  public Tensor inPlace(Tensor rows) {
    return Rows.gatherTokens(Joins.pad(rows, 1, order.size(1) - rows.size(1), 0, 0), order);
  }
}
