package org.selfsup4j.core.kernel.onednn;

import java.util.Arrays;
import java.util.List;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** The sizes of a convolution; x, w and y by shape, and the number types they are given in. */
final class ConvolutionSizes {

  final Window window;
  final int groups;
  final long[] x;
  final long[] w;
  final long[] y;
  final ElementType typeX;
  final ElementType typeW;
  final ElementType typeY;

  ConvolutionSizes(Window window, int groups, Block x, Block w, Block y) {
    this.window = window;
    this.groups = groups;
    this.x = x.shape();
    this.w = w.shape();
    this.y = y.shape();
    this.typeX = x.type();
    this.typeW = w.type();
    this.typeY = y.type();
  }

  /** What two operands are multiplied as: BFLOAT16 if one of them is. */
  static ElementType factors(ElementType one, ElementType other) {
    return one == ElementType.BFLOAT16 ? one : other;
  }

  void describe(Key key) {
    moves().describe(key).add((long) groups).add(x).add(w).add(y).add(typeX).add(typeW).add(typeY);
  }

  /**
   * What oneDNN 3.13 gets wrong, found by random shapes. One input channel, one column of results
   * and a stride: brg_conv_fwd reads all rows but the first at wrong places (one in seven of such
   * windows). BFLOAT16 where a result meets padding alone: the process crashes.
   */
  boolean miscomputed() {
    boolean oneColumn = groups == 1 && x[1] == 1 && y[3] == 1 && window.strideX() > 1;
    return oneColumn || miscomputedInput();
  }

  /** As {@link #miscomputed}: BFLOAT16 and a stride, where a weight meets padding alone. */
  boolean miscomputedWeights() {
    boolean strided = window.strideY() > 1 || window.strideX() > 1;
    return isRounded() && (meets().resultInPadding() || (strided && meets().weightInPadding()));
  }

  /** As {@link #miscomputed}: BFLOAT16 where a result meets padding alone. */
  boolean miscomputedInput() {
    return isRounded() && meets().resultInPadding();
  }

  private boolean isRounded() {
    return List.of(typeX, typeW, typeY).contains(ElementType.BFLOAT16);
  }

  ConvolutionChoice choice() {
    return new ConvolutionChoice(window, groups);
  }

  /**
   * Whether products of single points serve the gradient of the weights.
   *
   * @param first the name of oneDNN's first implementation
   */
  boolean weightsByPoint(String first) {
    return choice().weightsByPoint(first, w[0] * w[1], y[3], y[0] * y[2] * y[3]);
  }

  private Meetings meets() {
    return new Meetings(window, x[2], x[3]);
  }

  long[] grouped() {
    return groups == 1 ? w : new long[] {groups, w[0] / groups, w[1], w[2], w[3]};
  }

  Moves moves() {
    return new Moves(window);
  }

  @Override
  public String toString() {
    return "convolution "
        + Arrays.toString(x)
        + " * "
        + Arrays.toString(w)
        + " -> "
        + Arrays.toString(y)
        + ", groups "
        + groups
        + ", "
        + window;
  }
}
