package org.selfsup4j.pretext.mae;

import org.selfsup4j.core.tensor.Reductions;
import org.selfsup4j.core.tensor.ShapeException;
import org.selfsup4j.core.tensor.Tensor;

/** Images as sequences of patches and back; inside a patch the order is row, column, channel. */
public final class Patches {

  private Patches() {}

  /** [N, C, H, W] becomes [N, T, size size C], patches in row-major order of the grid. */
  public static Tensor of(Tensor images, int size) {
    long n = images.size(0);
    long c = images.size(1);
    long h = images.size(2) / size;
    long w = images.size(3) / size;
    if (h * size != images.size(2) || w * size != images.size(3)) {
      throw new ShapeException(
          "images of "
              + images.size(2)
              + "x"
              + images.size(3)
              + " do not divide into patches of "
              + size
              + ": resize them to a multiple of it");
    }
    return images
        .reshape(n, c, h, size, w, size)
        .permute(0, 2, 4, 3, 5, 1) // [N, h, w, size, size, C]
        .reshape(n, h * w, (long) size * size * c);
  }

  /** The inverse of {@link #of}: [N, T, size size C] becomes [N, C, rows size, columns size]. */
  public static Tensor toImages(Tensor patches, int size, long rows, long columns) {
    long n = patches.size(0);
    long c = patches.size(2) / ((long) size * size);
    return patches
        .reshape(n, rows, columns, size, size, c)
        .permute(0, 5, 1, 3, 2, 4) // [N, C, h, size, w, size]
        .reshape(n, c, rows * size, columns * size);
  }

  /** Each patch with mean 0 and (unbiased) variance 1: section 3, "reconstruction target". */
  public static Tensor standardized(Tensor patches) {
    Tensor centred = patches.minus(Reductions.meanKeeping(patches, -1));
    Tensor variance = Reductions.varianceKeeping(patches, true, -1);
    return centred.dividedBy(variance.plus(1e-6).sqrt());
  }
}
