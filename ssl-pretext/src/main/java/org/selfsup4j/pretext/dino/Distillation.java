package org.selfsup4j.pretext.dino;

import java.util.Arrays;
import org.selfsup4j.core.tensor.Joins;
import org.selfsup4j.core.tensor.Losses;
import org.selfsup4j.core.tensor.Normalizations;
import org.selfsup4j.core.tensor.ShapeException;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.pretext.parts.Temperature;

/** What the student is held to (section 3.1): rows are crop 0 of all images, then crop 1, ... */
public final class Distillation {

  private Distillation() {}

  /**
   * The teacher's distributions, centred and sharpened: {@code softmax((t - c) / temperature)}.
   *
   * @param teacher [2N, K], outputs of the two global crops
   * @param centre [K]
   * @param temperature above 0; below the student's, so that it sharpens
   */
  public static Tensor targets(Tensor teacher, Tensor centre, double temperature) {
    Temperature.require("the teacher's temperature", temperature);
    return Normalizations.softmax(teacher.minus(centre).dividedBy(temperature), -1);
  }

  /**
   * Equation 3: the cross-entropy of each crop of the student with each global crop of the teacher
   * that is another one, mean over pairs and images.
   *
   * @param student [V N, K], outputs of all V crops, the two global ones first
   * @param targets [2N, K], constant
   * @param temperature of the student, above 0
   */
  public static Tensor loss(Tensor student, Tensor targets, double temperature) {
    Temperature.require("the student's temperature", temperature);
    long n = targets.size(0) / 2;
    if (n < 1 || targets.size(0) % 2 != 0 || student.size(0) % n != 0 || student.size(0) < 2 * n) {
      throw new ShapeException(
          "DINO needs a student's [V N, K] and a teacher's [2N, K] for N images in V crops, got "
              + student.shape()
              + " and "
              + targets.shape());
    }
    int crops = (int) (student.size(0) / n);
    Tensor first = targets.slice(0, 0, n);
    Tensor second = targets.slice(0, n, 2 * n);
    Tensor[] wanted = new Tensor[crops]; // each crop is held to the global crops but itself
    Arrays.fill(wanted, first.plus(second));
    wanted[0] = second;
    wanted[1] = first;
    Tensor sum =
        Losses.softCrossEntropy(student.dividedBy(temperature), Joins.concatenate(0, wanted));
    return sum.times(crops / (2.0 * crops - 2)); // from a mean over crops to one over pairs
  }

  /**
   * The mean entropy of distributions [N, K] in parts of the largest, log K: 1 where all are
   * uniform, 0 where each is one prototype; both, at once for all images, are collapse (section
   * 5.3).
   */
  public static double relativeEntropy(Tensor distributions) {
    Tensor logs = distributions.plus(1e-12).log();
    double sum = distributions.times(logs).sum().item();
    return -sum / distributions.size(0) / Math.log(distributions.size(1));
  }
}
