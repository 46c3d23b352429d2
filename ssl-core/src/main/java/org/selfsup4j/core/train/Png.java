package org.selfsup4j.core.train;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.selfsup4j.core.format.AtomicFile;

/** Writes pictures; a viewer that is open never sees half of one. */
final class Png {

  private Png() {}

  static void write(BufferedImage picture, Path file) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(picture, "png", out)) {
        throw new IllegalStateException("this Java writes no PNG files");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot compress " + file, e);
    }
    AtomicFile.write(file, bytes::writeTo);
  }
}
