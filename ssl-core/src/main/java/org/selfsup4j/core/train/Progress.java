package org.selfsup4j.core.train;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/**
 * Tells a human how far a run is: epoch, images per second, loss, time left. On a terminal a bar
 * that is redrawn in place, else a line at most every {@value #SECONDS_BETWEEN_LINES} seconds and
 * one at the end, as logs want it. One thread at a time.
 */
final class Progress implements AutoCloseable {

  static final int SECONDS_BETWEEN_LINES = 15;

  private static final int BAR_WIDTH = 110;
  private static final long WINDOW = Duration.ofSeconds(20).toNanos(); // that speed is taken over
  private static final long SAMPLE_EVERY = Duration.ofMillis(500).toNanos();

  private final PrintStream out;
  private final Work work;
  private final LongSupplier nanos;
  private final ProgressBar bar; // null without a terminal
  private final Deque<Moment> moments = new ArrayDeque<>();
  private long lastLine;
  private long done;
  private double loss = Double.NaN;
  private boolean told;

  /**
   * What is to be done.
   *
   * @param steps of the whole run
   * @param stepsPerEpoch steps of one pass over the data
   * @param imagesPerStep size of a batch
   */
  record Work(long steps, long stepsPerEpoch, int imagesPerStep) {
    Work {
      if (steps < 1 || stepsPerEpoch < 1 || imagesPerStep < 1) {
        throw new IllegalArgumentException(
            "steps "
                + steps
                + ", steps of an epoch "
                + stepsPerEpoch
                + ", images of a step "
                + imagesPerStep
                + ": each must be at least 1");
      }
    }
  }

  private record Moment(long nanos, long done) {}

  /**
   * Starts counting.
   *
   * @param out where to
   * @param terminal whether {@code out} is one, on which a line can be written over
   * @param done steps that are done already, in a run that goes on
   */
  Progress(PrintStream out, boolean terminal, Work work, long done) {
    this(out, terminal, work, done, System::nanoTime);
  }

  Progress(PrintStream out, boolean terminal, Work work, long done, LongSupplier nanos) {
    this.out = out;
    this.work = work;
    this.nanos = nanos;
    this.done = done;
    this.lastLine = nanos.getAsLong();
    moments.add(new Moment(lastLine, done));
    this.bar = terminal ? bar(out, work, done) : null;
  }

  /** Says that {@code stepsDone} steps of the whole run are done, the last with this loss. */
  void update(long stepsDone, double lossOfStep) {
    done = stepsDone;
    loss = lossOfStep;
    told = false;
    long now = nanos.getAsLong();
    if (now - moments.getLast().nanos() >= SAMPLE_EVERY || moments.size() == 1) {
      moments.add(new Moment(now, done));
      while (moments.size() > 2 && now - moments.getFirst().nanos() > WINDOW) {
        moments.removeFirst();
      }
    }
    if (bar != null) {
      bar.setExtraMessage(" " + epoch() + ", " + speed() + ", " + lossText() + ", " + left());
      bar.stepTo(done);
    } else if (now - lastLine >= Duration.ofSeconds(SECONDS_BETWEEN_LINES).toNanos()) {
      lastLine = now;
      line();
    }
  }

  /** Shows the last state and ends the line. */
  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    } else if (!told && !Double.isNaN(loss)) {
      line();
    }
    out.flush();
  }

  private void line() {
    told = true;
    out.println(
        epoch()
            + ", step "
            + done
            + " of "
            + work.steps()
            + ", "
            + speed()
            + ", "
            + lossText()
            + ", "
            + left());
  }

  private String epoch() {
    long epochs = (work.steps() + work.stepsPerEpoch() - 1) / work.stepsPerEpoch();
    long current = Math.min(epochs, Math.max(0, done - 1) / work.stepsPerEpoch() + 1);
    return "epoch " + current + "/" + epochs;
  }

  private String speed() {
    double perSecond = stepsPerSecond() * work.imagesPerStep();
    return String.format(
        Locale.ROOT, perSecond >= 100 ? "%.0f images/s" : "%.1f images/s", perSecond);
  }

  private String lossText() {
    return String.format(Locale.ROOT, "loss %.4g", loss);
  }

  private String left() {
    double perSecond = stepsPerSecond();
    if (done >= work.steps()) {
      return "done";
    }
    if (!(perSecond > 0)) {
      return "time left unknown";
    }
    long seconds = Math.round((work.steps() - done) / perSecond);
    return seconds >= 3600
        ? String.format(
            Locale.ROOT, "%d:%02d:%02d left", seconds / 3600, seconds / 60 % 60, seconds % 60)
        : String.format(Locale.ROOT, "%d:%02d left", seconds / 60, seconds % 60);
  }

  private double stepsPerSecond() {
    Moment first = moments.getFirst();
    Moment last = moments.getLast();
    double seconds = (last.nanos() - first.nanos()) / 1e9;
    return seconds > 0 ? (last.done() - first.done()) / seconds : 0;
  }

  private static ProgressBar bar(PrintStream out, Work work, long done) {
    return new ProgressBarBuilder()
        .setTaskName("pretraining")
        .setInitialMax(work.steps())
        .startsFrom(done, Duration.ZERO)
        .setRenderer((state, width) -> BarText.of(state, Math.min(width, BAR_WIDTH)))
        .setUpdateIntervalMillis(500)
        .setConsumer(new ConsoleProgressBarConsumer(out, BAR_WIDTH))
        .build();
  }
}
