package org.selfsup4j.core.train;

import me.tongfei.progressbar.ProgressState;

/** A bar as text: {@code pretraining 42% [######## ] epoch 3/7, ...}. */
final class BarText {

  private static final int CELLS = 20;

  private BarText() {}

  static String of(ProgressState state, int width) {
    double part = state.getMax() <= 0 ? 0 : (double) state.getCurrent() / state.getMax();
    int full = (int) Math.floor(CELLS * Math.min(1, Math.max(0, part)));
    String text =
        state.getTaskName()
            + " "
            + " ".repeat(part >= 1 ? 0 : part >= 0.1 ? 1 : 2)
            + (int) Math.floor(100 * part)
            + "% ["
            + "#".repeat(full)
            + " ".repeat(CELLS - full)
            + "]"
            + state.getExtraMessage();
    return text.length() > width ? text.substring(0, width) : text;
  }
}
