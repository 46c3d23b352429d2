package org.selfsup4j.pretext.parts;

/** What the temperature of a softmax may be. */
public final class Temperature {

  private Temperature() {}

  /**
   * Refuses a temperature that is not above 0, or not finite.
   *
   * @param name of the setting, for the message
   */
  public static void require(String name, double temperature) {
    if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          name + " is " + temperature + ": it must be above 0, usually .04 to 1");
    }
  }
}
