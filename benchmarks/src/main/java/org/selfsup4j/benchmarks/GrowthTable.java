package org.selfsup4j.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How speed and memory of a workload grow with the batch, and whether they hold over time.
 *
 * @param setting workload, kernels, precision and threads, for the heading
 * @param rows by growing batch
 * @param epochs whole epochs with the loader in the loop
 * @param longRun many steps of one process
 */
public record GrowthTable(String setting, List<Row> rows, EpochTiming epochs, LongRun longRun) {

  /** From this batch on the speed shall stay the same. */
  static final int FLAT_FROM = 32;

  /** Copies what could change. */
  public GrowthTable {
    if (rows.size() < 2) {
      throw new IllegalArgumentException(
          rows.size() + " batches do not show a growth: measure at least 2");
    }
    rows = List.copyOf(rows);
  }

  /**
   * Puts together what was measured.
   *
   * @param speed of all batches, in turn in one process
   * @param peaks megabytes of a process of its own for each of them, in the same order
   */
  public static GrowthTable of(
      TurnTiming speed, List<Long> peaks, EpochTiming epochs, LongRun longRun) {
    if (peaks.size() != speed.rows().size()) {
      throw new IllegalArgumentException(
          speed.rows().size() + " batches have a speed, but " + peaks.size() + " have a peak");
    }
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < peaks.size(); i++) {
      rows.add(Row.of(speed.rows().get(i), peaks.get(i)));
    }
    String setting =
        format(
            "%s (%s, %s, %d threads)",
            speed.workload(), speed.kernels(), speed.precision(), speed.threads());
    return new GrowthTable(setting, rows, epochs, longRun);
  }

  /**
   * One batch.
   *
   * @param images source images of a step
   * @param imagesPerSecond of the median step
   * @param stepMillis median step
   * @param peakMegabytes of the process
   */
  public record Row(int images, double imagesPerSecond, double stepMillis, long peakMegabytes) {
    /**
     * The speed of a batch that had its turn among others, and the peak of a process of its own.
     */
    static Row of(TurnTiming.Row speed, long peakMegabytes) {
      return new Row(
          speed.images(),
          speed.images() / speed.stepMillis() * 1000,
          speed.stepMillis(),
          peakMegabytes);
    }
  }

  /** Megabytes that one image more takes: the slope of the least-squares line through the peaks. */
  public double megabytesPerImage() {
    double meanImages = rows.stream().mapToInt(Row::images).average().orElseThrow();
    double meanPeak = meanPeak();
    double products = 0;
    double squares = 0;
    for (Row row : rows) {
      double off = row.images - meanImages;
      products += off * (row.peakMegabytes - meanPeak);
      squares += off * off;
    }
    return products / squares;
  }

  /** Megabytes of the process where that line meets a batch of none: weights, libraries, JVM. */
  public double fixedMegabytes() {
    double meanImages = rows.stream().mapToInt(Row::images).average().orElseThrow();
    return meanPeak() - megabytesPerImage() * meanImages;
  }

  /**
   * How far the slowest of the batches from {@value #FLAT_FROM} on stays behind the fastest, as a
   * part of the fastest; 0 where there are none.
   */
  public double spread() {
    double[] speeds =
        rows.stream()
            .filter(row -> row.images >= FLAT_FROM)
            .mapToDouble(Row::imagesPerSecond)
            .sorted()
            .toArray();
    return speeds.length == 0 ? 0 : 1 - speeds[0] / speeds[speeds.length - 1];
  }

  private double meanPeak() {
    return rows.stream().mapToLong(Row::peakMegabytes).average().orElseThrow();
  }

  /** A heading, the table, and what it shows in words. */
  public String toMarkdown() {
    StringBuilder text = new StringBuilder();
    text.append("### ").append(setting).append("\n\n");
    text.append(
        "| images in a step | images/s | step, ms | peak memory, MB |\n|--:|--:|--:|--:|\n");
    for (Row row : rows) {
      text.append(
          format(
              "| %d | %.1f | %.1f | %d |\n",
              row.images, row.imagesPerSecond, row.stepMillis, row.peakMegabytes));
    }
    text.append(
        format(
            "\n- Memory: %.0f MB and %.2f MB for each image of the batch.\n",
            fixedMegabytes(), megabytesPerImage()));
    text.append(
        format(
            "- Speed: the slowest batch from %d images on is %.1f%% behind the fastest.\n",
            FLAT_FROM, spread() * 100));
    text.append(epochsInWords()).append(longRunInWords());
    return text.toString();
  }

  private String epochsInWords() {
    double first = epochs.seconds().get(0);
    double second = epochs.seconds().get(1);
    return format(
        "- Epochs of %d steps of %d images with the loader: the first %.2f s, the second %.2f s"
            + " (%+.1f%%).\n",
        epochs.steps(), epochs.images(), first, second, (second / first - 1) * 100);
  }

  private String longRunInWords() {
    return format(
        "- %,d steps of %d images: %d MB after step %d, %d MB at the end; %.2f ms a step in the"
            + " first half, %.2f ms in the second.\n",
        longRun.steps(),
        longRun.images(),
        longRun.earlyMegabytes(),
        LongRun.EARLY,
        longRun.lateMegabytes(),
        longRun.firstMillis(),
        longRun.secondMillis());
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
