package org.selfsup4j.core.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that is read at given places. */
final class FileBytes implements AutoCloseable {

  private final Path file;
  private final FileChannel channel;
  private final long size;

  /** Opens {@code file} for reading. */
  FileBytes(Path file) {
    this.file = file;
    try {
      this.channel = FileChannel.open(file, StandardOpenOption.READ);
      this.size = channel.size();
    } catch (NoSuchFileException e) {
      throw new UncheckedIOException("there is no file " + file + ": check the path", e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open " + file + ": " + e.getMessage(), e);
    }
  }

  Path file() {
    return file;
  }

  long size() {
    return size;
  }

  /** Fills the first {@code count} bytes of {@code to} from {@code position} on. */
  void read(long position, byte[] to, int count, String section) {
    ByteBuffer buffer = ByteBuffer.wrap(to, 0, count);
    try {
      while (buffer.hasRemaining()) {
        int read = channel.read(buffer, position + buffer.position());
        if (read < 0) {
          throw new CorruptFileException(
              file,
              section,
              "the file ended at byte " + (position + buffer.position()) + " while it was read");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close " + file, e);
    }
  }
}
