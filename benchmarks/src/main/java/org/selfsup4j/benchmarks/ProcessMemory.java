package org.selfsup4j.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the system says that this process holds: heap, native memory and libraries together. */
final class ProcessMemory {

  private static final Path STATUS = Path.of("/proc/self/status");

  private ProcessMemory() {}

  /** The most megabytes that were resident so far; -1 where the system does not tell. */
  static long peakMegabytes() {
    return megabytes("VmHWM:");
  }

  /** Megabytes that are resident now; -1 where the system does not tell. */
  static long residentMegabytes() {
    return megabytes("VmRSS:");
  }

  private static long megabytes(String name) {
    if (!Files.exists(STATUS)) {
      return -1;
    }
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(name)) {
          return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
        }
      }
      return -1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
