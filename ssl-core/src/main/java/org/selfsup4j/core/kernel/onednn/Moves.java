package org.selfsup4j.core.kernel.onednn;

import org.selfsup4j.core.kernel.Window;

/** How a window moves, in the arrays that oneDNN takes: rows, then columns. */
record Moves(Window window) {

  long[] kernel() {
    return new long[] {window.height(), window.width()};
  }

  long[] strides() {
    return new long[] {window.strideY(), window.strideX()};
  }

  long[] dilations() { // oneDNN counts the points left out
    return new long[] {window.dilationY() - 1, window.dilationX() - 1};
  }

  long[] before() {
    return new long[] {window.top(), window.left()};
  }

  long[] after() {
    return new long[] {window.bottom(), window.right()};
  }

  Key describe(Key key) {
    key.add((long) window.height()).add((long) window.width());
    key.add((long) window.strideY()).add((long) window.strideX());
    key.add((long) window.top()).add((long) window.bottom());
    key.add((long) window.left()).add((long) window.right());
    return key.add((long) window.dilationY()).add((long) window.dilationX());
  }
}
