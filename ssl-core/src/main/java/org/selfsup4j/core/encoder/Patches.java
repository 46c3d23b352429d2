package org.selfsup4j.core.encoder;

import org.selfsup4j.core.tensor.Operation;
import org.selfsup4j.core.tensor.Rows;
import org.selfsup4j.core.tensor.Session;
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
    requireWhole(images, size);
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

  /**
   * Chosen patches only: the others are not copied.
   *
   * @param images [N, C, H, W]
   * @param places [N, K] INT64, positions in row-major order of the grid
   * @return [N, K, size size C]
   */
  public static Tensor chosen(Tensor images, int size, Tensor places) {
    long columns = images.size(3) / size;
    long count = images.size(2) / size * columns;
    requireWhole(images, size);
    long chosen = places.size(1);
    long[] ids = places.toLongs();
    long[] rows = new long[ids.length * size];
    for (int i = 0; i < ids.length; i++) {
      long place = ids[i];
      if (place < 0 || place >= count) {
        throw new IndexOutOfBoundsException(
            "patch " + place + " is outside [0, " + count + ") of images " + images.shape());
      }
      long image = i / chosen;
      long top = (image * images.size(2) / size + place / columns) * size; // row of pixels
      for (int row = 0; row < size; row++) {
        rows[i * size + row] = (top + row) * columns + place % columns;
      }
    }
    long width = size * images.size(1);
    Tensor table = images.permute(0, 2, 3, 1).reshape(-1, width); // rows of patches
    Session session = Operation.of("patches", images, places).session();
    return Rows.gather(table, session.ids(rows, places.size(0), chosen, size))
        .reshape(places.size(0), chosen, size * width);
  }

  private static void requireWhole(Tensor images, int size) {
    if (images.size(2) % size != 0 || images.size(3) % size != 0) {
      throw new ShapeException(
          "images of "
              + images.size(2)
              + "x"
              + images.size(3)
              + " do not divide into patches of "
              + size
              + ": resize them to a multiple of it");
    }
  }
}
