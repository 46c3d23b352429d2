package org.selfsup4j.core;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which selfsup4j this is: for run folders, provenance headers and {@code --version}. */
public final class LibraryVersion {

  private static final String RESOURCE = "version.properties";

  private LibraryVersion() {}

  /**
   * The version that this library was built as, such as {@code 0.1.0}.
   *
   * @throws IllegalStateException if the jar was repacked without its {@code version.properties}
   */
  public static String current() {
    Properties properties = new Properties();
    try (InputStream in = LibraryVersion.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(
            "org/selfsup4j/core/"
                + RESOURCE
                + " is not on the class path: keep the resources of ssl-core when repacking it");
      }
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }
}
