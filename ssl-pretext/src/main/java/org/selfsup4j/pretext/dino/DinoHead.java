package org.selfsup4j.pretext.dino;

import org.selfsup4j.core.module.Linear;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Activations;
import org.selfsup4j.core.tensor.Reductions;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.pretext.parts.Head;

/**
 * The projection head h of section 3.1 and appendix C: three linear layers with GELU between them
 * to a narrow bottleneck of length 1, then its products with the prototypes.
 *
 * @param first D to hidden
 * @param second hidden to hidden
 * @param third hidden to the bottleneck, d
 * @param prototypes d to K
 */
public record DinoHead(Linear first, Linear second, Linear third, Prototypes prototypes)
    implements Head {

  /**
   * The widths of a head.
   *
   * @param hidden of the two layers inside
   * @param bottleneck d
   * @param prototypes K, dimensions of the output
   */
  public record Sizes(int hidden, int bottleneck, int prototypes) {

    /** Checks the ranges. */
    public Sizes {
      if (hidden < 1 || bottleneck < 1 || prototypes < 2) {
        throw new IllegalArgumentException(
            "hidden is "
                + hidden
                + ", bottleneck "
                + bottleneck
                + ", prototypes "
                + prototypes
                + ": they must be at least 1, 1 and 2");
      }
    }

    /** 2048, 256 and 65,536: appendix C. */
    public static Sizes paper() {
      return new Sizes(2048, 256, 65536);
    }

    /** 256, 64 and 1,024: for small images and thousands, not millions, of them. */
    public static Sizes small() {
      return new Sizes(256, 64, 1024);
    }
  }

  /**
   * A fresh head on {@code width} features. Its Xavier-uniform weights have a deviation of .02 to
   * .03 in the paper's sizes, as the authors' have; in smaller ones .02 throughout lets all
   * embeddings of a batch fall together within some steps of Adam.
   */
  public static DinoHead of(int width, Sizes sizes, RandomStream random) {
    int hidden = sizes.hidden();
    return new DinoHead(
        Linear.xavier(width, hidden, random.at("first")),
        Linear.xavier(hidden, hidden, random.at("second")),
        Linear.xavier(hidden, sizes.bottleneck(), random.at("third")),
        Prototypes.of(sizes.bottleneck(), sizes.prototypes(), random.at("prototypes")));
  }

  /** [N, D] becomes [N, d], each of length 1. */
  public Tensor bottleneck(Tensor features, Pass pass) {
    Tensor x = Activations.gelu(first.apply(features, pass)); // [N, hidden]
    x = Activations.gelu(second.apply(x, pass));
    return Reductions.l2Normalize(third.apply(x, pass)); // [N, d]
  }

  /** [N, D] becomes [N, K]. */
  @Override
  public Tensor apply(Tensor features, Pass pass) {
    return prototypes.apply(bottleneck(features, pass), pass);
  }

  /** D. */
  @Override
  public int width() {
    return first.inputs();
  }

  /** K. */
  @Override
  public int dimension() {
    return (int) prototypes.direction().shape().size(0);
  }
}
