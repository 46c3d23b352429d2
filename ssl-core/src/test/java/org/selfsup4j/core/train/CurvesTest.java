package org.selfsup4j.core.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CurvesTest {

  @TempDir Path folder;

  @Test
  void drawsAChartForEachMetric() throws IOException {
    Path metrics = folder.resolve("metrics.jsonl");
    Random random = new Random(1);
    try (MetricsLog log = MetricsLog.open(metrics)) {
      for (int step = 10; step <= 8000; step += 10) {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("epoch", Math.floor(step / 400.0));
        values.put("loss", 4 * Math.exp(-step / 2000.0) + 0.5 + 0.2 * random.nextGaussian());
        values.put(
            "learning_rate", 3e-4 * Math.min(step / 800.0, 1) * (1 + Math.cos(step / 2546.0)) / 2);
        values.put("accuracy", 1 - Math.exp(-step / 3000.0) + 0.03 * random.nextGaussian());
        log.append(step, values);
      }
    }
    Path png = folder.resolve("curves.png");
    assertThat(Curves.draw(metrics, png)).isTrue();
    BufferedImage picture = ImageIO.read(png.toFile());
    assertThat(picture.getWidth()).isEqualTo(2 * 640);
    assertThat(picture.getHeight()).isEqualTo(2 * 360);
    // Three charts have dark blue lines in them, the fourth place is white.
    assertThat(strong(picture, 0, 0)).isGreaterThan(500);
    assertThat(strong(picture, 640, 0)).isGreaterThan(190); // the rate, a thin line
    assertThat(strong(picture, 0, 360)).isGreaterThan(500);
    assertThat(strong(picture, 640, 360)).isZero();
    // The loss falls: its line is high at the left and low at the right.
    assertThat(meanRow(picture, 80, 200)).isLessThan(meanRow(picture, 500, 620) - 80);
  }

  @Test
  void drawsFewPointsAndNothing() throws IOException {
    Path metrics = folder.resolve("metrics.jsonl");
    Path png = folder.resolve("curves.png");
    Files.writeString(metrics, "");
    assertThat(Curves.draw(metrics, png)).isFalse();
    assertThat(png).doesNotExist();
    Files.writeString(metrics, "{\"step\":1,\"loss\":\"NaN\"}\n");
    assertThat(Curves.draw(metrics, png)).isFalse();
    Files.writeString(metrics, "{\"step\":1,\"loss\":0.5}\n");
    assertThat(Curves.draw(metrics, png)).isTrue();
    assertThat(strong(ImageIO.read(png.toFile()), 0, 0)).isPositive();
    Files.writeString(metrics, "{\"step\":1,\"loss\":2}\n{\"step\":2,\"loss\":2}\n");
    assertThat(Curves.draw(metrics, png)).isTrue();
  }

  @Test
  void lossAndRateComeFirstAndWhatIsNotFiniteIsLeftOut() {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("epoch", 1.0);
    values.put("accuracy", 0.5);
    values.put("learning_rate", 0.1);
    values.put("loss", Double.NaN);
    List<MetricsLog.Line> lines =
        List.of(new MetricsLog.Line(1, values), new MetricsLog.Line(2, Map.of("loss", 3.0)));
    Map<String, Curves.Series> series = Curves.series(lines);
    assertThat(series.keySet()).containsExactly("loss", "learning_rate", "accuracy");
    assertThat(series.get("loss").steps()).containsExactly(2.0);
    assertThat(series.get("loss").values()).containsExactly(3.0);
  }

  @Test
  void thinningKeepsEverySpike() {
    Curves.Series series = new Curves.Series();
    for (int i = 0; i < 100_000; i++) {
      series.add(i, i == 77_777 ? 50 : i == 33_333 ? -50 : Math.sin(i / 1000.0));
    }
    Curves.Series thin = Curves.thinned(series, 2000);
    assertThat(thin.values()).hasSize(2000).contains(50.0, -50.0);
    assertThat(thin.steps()).isSorted().contains(77_777.0, 33_333.0);
    assertThat(Curves.thinned(thin, 2000)).isSameAs(thin);
  }

  @Test
  void smoothingIsAMeanThatDoesNotLagAtTheEnds() {
    Curves.Series series = new Curves.Series();
    for (double value : new double[] {4, 8, 0, 6, 7}) {
      series.add(10 * series.steps().size(), value);
    }
    Curves.Series mean = Curves.smoothed(series, 2);
    assertThat(mean.steps()).isEqualTo(series.steps());
    // By hand: lines through the first three, four, all, the last four and three points.
    double[] want = {6, 4.6, 5, 5.4, 13 / 3.0 + 3.5};
    for (int i = 0; i < want.length; i++) {
      assertThat(mean.values().get(i)).isCloseTo(want[i], Offset.offset(1e-12));
    }
    assertThat(Curves.smoothed(series, 0).values()).isEqualTo(series.values());
  }

  @Test
  void smoothingLeavesWhatNeverChanges() {
    Curves.Series series = new Curves.Series();
    for (int i = 0; i < 500; i++) {
      series.add(i, 0.04);
    }
    assertThat(Curves.smoothed(series, 10).values()).containsOnly(0.04);
  }

  @Test
  void aPowerOfTenIsTakenOutOfUnusualValues() {
    assertThat(exponentOf(0, 0)).isZero();
    assertThat(exponentOf(0.01, -99_999)).isZero();
    assertThat(exponentOf(0, 3e-4)).isEqualTo(-4);
    assertThat(exponentOf(-2.5e-9, 1e-12)).isEqualTo(-9);
    assertThat(exponentOf(123_456)).isEqualTo(5);
  }

  private static int exponentOf(double... values) {
    Curves.Series series = new Curves.Series();
    for (double value : values) {
      series.add(series.steps().size(), value);
    }
    return Curves.exponent(series);
  }

  private static int strong(BufferedImage picture, int left, int top) {
    int count = 0;
    for (int y = top; y < Math.min(top + 360, picture.getHeight()); y++) {
      for (int x = left; x < Math.min(left + 640, picture.getWidth()); x++) {
        count += isStrong(picture, x, y) ? 1 : 0;
      }
    }
    return count;
  }

  private static double meanRow(BufferedImage picture, int fromX, int toX) {
    double sum = 0;
    int count = 0;
    for (int y = 0; y < 360; y++) {
      for (int x = fromX; x < toX; x++) {
        if (isStrong(picture, x, y)) {
          sum += y;
          count++;
        }
      }
    }
    return sum / count;
  }

  private static boolean isStrong(BufferedImage picture, int x, int y) {
    return (picture.getRGB(x, y) & 0xffffff) == 0x08519c;
  }
}
