package org.selfsup4j.core.format;

import java.nio.file.Path;

/**
 * A file is not what it should be: cut, damaged, of another format. Nothing of it has been used.
 * Catch it where another file may serve, such as the checkpoint before the newest.
 */
public final class CorruptFileException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient Path file;
  private final String section;

  /**
   * @param file what was read
   * @param section which part of it is wrong, in the words of the format's grammar
   * @param problem what was found and what was expected
   */
  public CorruptFileException(Path file, String section, String problem) {
    this(file, section, problem, null);
  }

  /** The same with what was caught. */
  public CorruptFileException(Path file, String section, String problem, Throwable cause) {
    super(file + ", " + section + ": " + problem, cause);
    this.file = file;
    this.section = section;
  }

  /** What was read; {@code null} after serialization. */
  public Path file() {
    return file;
  }

  /** Which part of it is wrong. */
  public String section() {
    return section;
  }
}
