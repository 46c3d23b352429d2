package org.selfsup4j.pretext.parts;

import java.util.ArrayList;
import java.util.List;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.ColorJitter;
import org.selfsup4j.core.data.GaussianBlur;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.Interpolation;
import org.selfsup4j.core.data.RandomApply;
import org.selfsup4j.core.data.RandomGrayscale;
import org.selfsup4j.core.data.RandomResizedCrop;
import org.selfsup4j.core.data.Solarize;
import org.selfsup4j.core.random.RandomStream;

/**
 * Views of an image in two sizes: two global crops that show most of it, and some small local ones
 * that show a part (Caron et al. 2020, "Unsupervised learning of visual features by contrasting
 * cluster assignments", section 3.2).
 *
 * @param global window of the two global crops
 * @param local window of the local crops
 * @param locals number of local crops; 0 for none
 * @param first what is done to the first global crop after the cut; the last step of each of the
 *     three should normalise
 * @param second the same for the second global crop
 * @param others the same for each local crop
 */
public record MultiCrop(
    RandomResizedCrop global,
    RandomResizedCrop local,
    int locals,
    Augmentation first,
    Augmentation second,
    Augmentation others) {

  /** How many global crops there are; they come first. */
  public static final int GLOBALS = 2;

  /** Checks the number and the sizes. */
  public MultiCrop {
    if (locals < 0) {
      throw new IllegalArgumentException(
          "locals is " + locals + ": it must not be negative; 0 for global crops alone");
    }
    if (local.height() > global.height() || local.width() > global.width()) {
      throw new IllegalArgumentException(
          "local crops of "
              + size(local)
              + " are larger than the global ones of "
              + size(global)
              + ": exchange them");
    }
  }

  /**
   * The crops and augmentations of DINO's code: windows of .4 to 1 and of .05 to .4 of the area,
   * bicubic; BYOL's color jitter, blur and solarisation (Grill et al. 2020, appendix B).
   *
   * @param last done to every crop at the end: a flip where that is allowed, and the normalisation
   */
  public static MultiCrop of(int globalSide, int localSide, int locals, Augmentation last) {
    Augmentation colors =
        new RandomApply(0.8, ColorJitter.of(0.4, 0.4, 0.2, 0.1)).then(new RandomGrayscale(0.2));
    GaussianBlur blur = GaussianBlur.simClr();
    return new MultiCrop(
        window(globalSide).withScale(0.4, 1),
        window(localSide).withScale(0.05, 0.4),
        locals,
        colors.then(blur).then(last),
        colors
            .then(blur.withProbability(0.1))
            .then(Solarize.half().withProbability(0.2))
            .then(last),
        colors.then(blur.withProbability(0.5)).then(last));
  }

  /**
   * The same for images of about 32: windows of .4 to 1 and of .1 to .4, colors and gray alone. Not
   * of the paper: a blur and a solarisation leave little of so small an image to be told by.
   */
  public static MultiCrop small(int globalSide, int localSide, int locals, Augmentation last) {
    Augmentation colors =
        new RandomApply(0.8, ColorJitter.of(0.4, 0.4, 0.4, 0.1))
            .then(new RandomGrayscale(0.2))
            .then(last);
    return new MultiCrop(
        window(globalSide).withScale(0.4, 1),
        window(localSide).withScale(0.1, 0.4),
        locals,
        colors,
        colors,
        colors);
  }

  private static RandomResizedCrop window(int side) {
    return RandomResizedCrop.of(side).withInterpolation(Interpolation.BICUBIC);
  }

  /**
   * The same with windows of other areas.
   *
   * @param least part of the area that a local crop shows at least
   * @param border the most of a local crop and the least of a global one
   */
  public MultiCrop withScales(double least, double border) {
    return new MultiCrop(
        global.withScale(border, 1), local.withScale(least, border), locals, first, second, others);
  }

  /** The same with another number of local crops. */
  public MultiCrop withLocals(int number) {
    return new MultiCrop(global, local, number, first, second, others);
  }

  /** Number of all crops. */
  public int count() {
    return GLOBALS + locals;
  }

  /** The two global crops, then the local ones. */
  public List<Image> apply(Image image, RandomStream random) {
    List<Image> crops = new ArrayList<>();
    for (int i = 0; i < count(); i++) {
      RandomStream draws = random.at(i);
      Image cut = (i < GLOBALS ? global : local).apply(image, draws);
      Augmentation after = i == 0 ? first : i == 1 ? second : others;
      crops.add(after.apply(cut, draws));
    }
    return crops;
  }

  /** For messages: {@code 32x32}. */
  public static String size(RandomResizedCrop crop) {
    return crop.height() + "x" + crop.width();
  }
}
