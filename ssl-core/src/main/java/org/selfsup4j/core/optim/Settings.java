package org.selfsup4j.core.optim;

/** Checks of optimizer settings. */
final class Settings {

  private Settings() {}

  static void requireShare(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(
          name + " is " + value + ": it must be at least 0 and below 1");
    }
  }

  static void requireNotNegative(String name, double value) {
    if (!(value >= 0)) {
      throw new IllegalArgumentException(name + " is " + value + ": it must not be negative");
    }
  }
}
