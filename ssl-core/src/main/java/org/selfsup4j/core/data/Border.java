package org.selfsup4j.core.data;

/** What stands outside an image where it is padded. */
public enum Border {
  /** Zero, black. */
  ZERO,
  /** The nearest pixel of the image. */
  EDGE,
  /** The image mirrored at the centre of its border pixels, which are not repeated: c b | a b c. */
  REFLECT;

  /** The index inside {@code [0, size)} that stands at {@code index}, or -1 for zero. */
  int source(int index, int size) {
    if (index >= 0 && index < size) {
      return index;
    }
    return switch (this) {
      case ZERO -> -1;
      case EDGE -> index < 0 ? 0 : size - 1;
      case REFLECT -> {
        if (size == 1) {
          yield 0;
        }
        int period = 2 * (size - 1); // mirrored as often as the padding needs
        int folded = Math.floorMod(index, period);
        yield folded < size ? folded : period - folded;
      }
    };
  }
}
