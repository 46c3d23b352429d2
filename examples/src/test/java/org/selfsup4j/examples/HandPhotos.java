package org.selfsup4j.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.selfsup4j.core.data.EmbeddedDigits;
import org.selfsup4j.core.data.ImageFiles;

/** A few of the embedded photos as files, for commands that read folders. */
final class HandPhotos {

  private HandPhotos() {}

  /** Writes {@code count} photos, half of them of the first class, half of the last. */
  static Path write(Path folder, int count) throws IOException {
    EmbeddedDigits digits = EmbeddedDigits.load();
    for (long i = 0; i < count; i++) {
      long index = i < count / 2 ? i : digits.size() - i;
      Path file =
          folder
              .resolve(Integer.toString(digits.label(index).orElseThrow()))
              .resolve(index + ".png");
      Files.createDirectories(file.getParent());
      Files.write(file, ImageFiles.encodePng(digits.get(index)));
    }
    return folder;
  }
}
