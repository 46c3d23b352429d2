package org.selfsup4j.core.memory;

/** The 16 bits of {@link ElementType#BFLOAT16}: the upper half of a float's 32. */
public final class BrainFloats {

  private BrainFloats() {}

  /** The float that {@code bits} stand for; exact. */
  public static float toFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** The nearest to {@code value}, the even one in the middle; not-a-number stays one. */
  public static short of(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }
}
