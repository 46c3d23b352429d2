package org.selfsup4j.core.train;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Draws the metrics of a run over its steps, one chart each: the values as they are, pale, and
 * their running mean.
 */
public final class Curves {

  private static final int WIDTH = 640;
  private static final int HEIGHT = 360;
  private static final int COLUMNS = 2;
  private static final int MOST_POINTS = 2000; // more than pixels adds nothing but time
  private static final int FEWEST_SMOOTHED = 20;
  private static final Set<String> NOT_DRAWN = Set.of("epoch"); // the x axis in other words
  private static final Set<String> NOT_SMOOTHED = Set.of(MetricsLog.LEARNING_RATE); // no noise
  private static final Color PALE = new Color(0x9ecae1);
  private static final Color STRONG = new Color(0x08519c);

  private Curves() {}

  /** Values of one metric and the steps they were measured at; finite ones only. */
  record Series(List<Double> steps, List<Double> values) {
    Series() {
      this(new ArrayList<>(), new ArrayList<>());
    }

    void add(double step, double value) {
      steps.add(step);
      values.add(value);
    }
  }

  /**
   * Draws {@code metrics.jsonl} into a PNG file.
   *
   * @return whether there was something to draw
   * @throws org.selfsup4j.core.format.CorruptFileException if the log is damaged
   * @throws java.io.UncheckedIOException if the log cannot be read or the picture not be written
   */
  public static boolean draw(Path metrics, Path png) {
    Map<String, Series> series = series(MetricsLog.read(metrics));
    if (series.isEmpty()) {
      return false;
    }
    int columns = Math.min(COLUMNS, series.size());
    int rows = (series.size() + columns - 1) / columns;
    BufferedImage sheet =
        new BufferedImage(columns * WIDTH, rows * HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    try {
      graphics.setColor(Color.WHITE);
      graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
      int place = 0;
      for (Map.Entry<String, Series> entry : series.entrySet()) {
        BufferedImage chart =
            BitmapEncoder.getBufferedImage(chart(entry.getKey(), entry.getValue()));
        graphics.drawImage(chart, place % columns * WIDTH, place / columns * HEIGHT, null);
        place++;
      }
    } finally {
      graphics.dispose();
    }
    Png.write(sheet, png);
    return true;
  }

  /** The metrics by name: the loss first, the rate next, the others as the log brings them. */
  static Map<String, Series> series(List<MetricsLog.Line> lines) {
    Map<String, Series> series = new LinkedHashMap<>();
    series.put("loss", new Series());
    series.put(MetricsLog.LEARNING_RATE, new Series());
    for (MetricsLog.Line line : lines) {
      line.values()
          .forEach(
              (name, value) -> {
                if (!NOT_DRAWN.contains(name) && Double.isFinite(value)) {
                  series.computeIfAbsent(name, n -> new Series()).add(line.step(), value);
                }
              });
    }
    series.values().removeIf(one -> one.values().isEmpty());
    return series;
  }

  /**
   * At most about {@code most} points that look the same: of each run of points its lowest and its
   * highest, in their order.
   */
  static Series thinned(Series series, int most) {
    int n = series.values().size();
    if (n <= most) {
      return series;
    }
    Series thin = new Series();
    int buckets = most / 2;
    for (int bucket = 0; bucket < buckets; bucket++) {
      int from = (int) ((long) n * bucket / buckets);
      int to = (int) ((long) n * (bucket + 1) / buckets);
      int low = from;
      int high = from;
      for (int i = from; i < to; i++) {
        low = series.values().get(i) < series.values().get(low) ? i : low;
        high = series.values().get(i) > series.values().get(high) ? i : high;
      }
      for (int i : new int[] {Math.min(low, high), Math.max(low, high)}) {
        thin.add(series.steps().get(i), series.values().get(i));
      }
    }
    return thin;
  }

  /**
   * Each point by the straight line that fits it and its up to {@code half} neighbours on either
   * side best: away from the ends that is their mean, at the ends it does not lag behind a trend.
   */
  static Series smoothed(Series series, int half) {
    int n = series.values().size();
    double[] sums = new double[n + 1];
    double[] moments = new double[n + 1];
    double base = n == 0 ? 0 : series.values().get(0); // what never changes stays as it is
    for (int i = 0; i < n; i++) {
      double value = series.values().get(i) - base;
      sums[i + 1] = sums[i] + value;
      moments[i + 1] = moments[i] + i * value;
    }
    Series smooth = new Series();
    for (int i = 0; i < n; i++) {
      int from = Math.max(0, i - half);
      int to = Math.min(n - 1, i + half);
      double count = to - from + 1.0;
      double middle = (from + to) / 2.0;
      double sum = sums[to + 1] - sums[from];
      double spread = count * (count * count - 1) / 12;
      double slope = spread == 0 ? 0 : (moments[to + 1] - moments[from] - middle * sum) / spread;
      smooth.add(series.steps().get(i), base + sum / count + slope * (i - middle));
    }
    return smooth;
  }

  /**
   * The power of ten that is taken out of the values, so that the axis needs no long numbers; 0 for
   * values of a usual size.
   */
  static int exponent(Series series) {
    double largest = series.values().stream().mapToDouble(Math::abs).max().orElse(0);
    boolean usual = largest == 0 || (largest >= 0.01 && largest < 1e5);
    return usual ? 0 : (int) Math.floor(Math.log10(largest));
  }

  private static XYChart chart(String name, Series all) {
    int exponent = exponent(all);
    double unit = Math.pow(10, exponent);
    Series series = new Series();
    for (int i = 0; i < all.values().size(); i++) {
      series.add(all.steps().get(i), all.values().get(i) / unit);
    }
    String title = exponent == 0 ? name : name + " / 1e" + exponent;
    XYChart chart =
        new XYChartBuilder().width(WIDTH).height(HEIGHT).title(title).xAxisTitle("step").build();
    AxesChartStyler style = chart.getStyler();
    chart.getStyler().setLegendVisible(false);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setPlotBorderVisible(false);
    chart.getStyler().setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 16));
    chart.getStyler().setChartTitleBoxVisible(false);
    style.setPlotGridLinesColor(new Color(0xdddddd));
    style.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    style.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    style.setXAxisMin(0.0);
    style.setXAxisTickMarkSpacingHint(90);
    spreadConstant(style, series);
    addEvenTicks(chart, series);
    int count = series.values().size();
    boolean smooth = count >= FEWEST_SMOOTHED && !NOT_SMOOTHED.contains(name);
    addLine(chart, "values", thinned(series, MOST_POINTS), smooth ? PALE : STRONG, 1.2f);
    if (smooth) {
      Series mean = smoothed(series, Math.max(2, count / 50));
      addLine(chart, "mean", thinned(mean, MOST_POINTS), STRONG, 2f);
    }
    return chart;
  }

  /** A value that never changes gets an axis of round numbers with it in the middle. */
  private static void spreadConstant(AxesChartStyler style, Series series) {
    double value = series.values().get(0);
    if (series.values().stream().allMatch(other -> other == value)) {
      double half = value == 0 ? 1 : Math.abs(value) / 2;
      style.setYAxisMin(value - half);
      style.setYAxisMax(value + half);
    }
  }

  /**
   * XChart puts its ticks on the points where those are equally spaced, at 540, 1,080, 1,620; an
   * unseen point off their grid makes it take round numbers.
   */
  private static void addEvenTicks(XYChart chart, Series series) {
    double last = series.steps().get(series.steps().size() - 1);
    double value = series.values().get(0);
    XYSeries unseen =
        chart.addSeries("unseen", List.of(last / Math.PI, last / Math.E), List.of(value, value));
    unseen.setMarker(SeriesMarkers.NONE);
    unseen.setLineColor(new Color(0, 0, 0, 0));
  }

  private static void addLine(XYChart chart, String name, Series series, Color color, float width) {
    XYSeries line = chart.addSeries(name, series.steps(), series.values());
    line.setMarker(series.values().size() == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
    line.setLineColor(color);
    line.setMarkerColor(color);
    line.setLineStyle(new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
  }
}
