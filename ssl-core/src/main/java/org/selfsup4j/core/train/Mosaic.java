package org.selfsup4j.core.train;

import java.util.Arrays;
import java.util.List;
import org.selfsup4j.core.data.Image;

/** Pictures of one size as one picture: row by row in a square, with dark lines between. */
final class Mosaic {

  private Mosaic() {}

  /** Whether all have the size and channels of the first. */
  static boolean fits(List<Image> images) {
    Image first = images.get(0);
    return images.stream()
        .allMatch(
            image ->
                image.height() == first.height()
                    && image.width() == first.width()
                    && image.channels() == first.channels());
  }

  /** The mosaic, in floats; what the last row lacks is dark. */
  static Image of(List<Image> images) {
    int columns = (int) Math.ceil(Math.sqrt(images.size()));
    int rows = (images.size() + columns - 1) / columns;
    Image first = images.get(0);
    int height = rows * (first.height() + 1) - 1;
    int width = columns * (first.width() + 1) - 1;
    int run = first.width() * first.channels();
    float[] pixels = new float[height * width * first.channels()];
    float darkest = 0;
    for (Image image : images) {
      for (float value : image.toFloats()) {
        darkest = Math.min(darkest, value);
      }
    }
    Arrays.fill(pixels, darkest);
    for (int i = 0; i < images.size(); i++) {
      float[] from = images.get(i).toFloats();
      int top = i / columns * (first.height() + 1);
      int left = i % columns * (first.width() + 1);
      for (int y = 0; y < first.height(); y++) {
        int to = ((top + y) * width + left) * first.channels();
        System.arraycopy(from, y * run, pixels, to, run);
      }
    }
    return Image.ofFloats(height, width, first.channels(), pixels);
  }
}
