package org.selfsup4j.pretext.inpainting;

import org.selfsup4j.core.tensor.Arithmetic;
import org.selfsup4j.core.tensor.Tensor;

/**
 * What was guessed beside what is there.
 *
 * @param guess [N, C, P, P]
 * @param target [N, C, P, P], the image's pixels
 * @param weight [N, 1, P, P] of each pixel's error; 0 where the image was seen and does not count
 */
public record Reconstruction(Tensor guess, Tensor target, Tensor weight) {

  /**
   * Equation 1 with the overlap's weight: the weighted squared error, summed, over the number of
   * values that count.
   */
  public Tensor error() {
    Tensor squares = guess.minus(target).squared().times(weight); // [N, C, P, P]
    Tensor zero = weight.times(0);
    Tensor counts = Arithmetic.greater(weight, zero).to(weight.type()).sum();
    return squares.sum().dividedBy(counts.times((double) guess.size(1)));
  }

  /** The image with the guess put in wherever it counts: [N, C, P, P], what D is shown. */
  public Tensor filledIn() {
    return filledIn(Arithmetic.greater(weight, weight.times(0)).to(weight.type()));
  }

  /** The image with the guess put in where {@code mask} [N, 1, P, P] is 1. */
  public Tensor filledIn(Tensor mask) {
    return target.times(mask.negated().plus(1)).plus(guess.times(mask));
  }
}
