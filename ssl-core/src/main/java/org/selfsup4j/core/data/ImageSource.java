package org.selfsup4j.core.data;

import java.nio.file.Path;

/** A source of images. */
public interface ImageSource extends Source<Image> {

  /**
   * The same images, each decoded once and then kept in memory in 8 bits. Worth it where all of
   * them fit: decoding again in each epoch is usually the larger part of loading.
   */
  default ImageSource cached() {
    return CachedImages.of(this);
  }

  /**
   * The same images, each resized once to {@code height} by {@code width} (bilinear, antialiased,
   * rounded to 8 bits) and then kept in memory.
   */
  default ImageSource cached(int height, int width) {
    return CachedImages.of(this, height, width);
  }

  /**
   * The same images, decoded once into {@code file} and read from there ever after, by this run and
   * others: for more images than memory holds. See {@link StoredImages}.
   */
  default ImageSource stored(Path file) {
    return StoredImages.of(this, file);
  }

  /** The same with images whose shorter side has at most {@code shorterSide} pixels. */
  default ImageSource stored(Path file, int shorterSide) {
    return StoredImages.of(this, file, shorterSide);
  }
}
