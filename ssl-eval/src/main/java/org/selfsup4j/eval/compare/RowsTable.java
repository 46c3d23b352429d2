package org.selfsup4j.eval.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.selfsup4j.eval.report.Score;

/** Prints the rows of a comparison. */
final class RowsTable {

  private static final String[] HEAD = {
    "knn", "linear", "untrained", "", "raw", "fine-tuned", "untrained", "images", "seconds"
  };

  private RowsTable() {}

  static String of(Rows rows) {
    int names = rows.rows().stream().mapToInt(row -> row.task().length()).max().orElse(0);
    List<String> lines = new ArrayList<>();
    lines.add(line(names, "", HEAD));
    lines.add(line(names, "", "", "", "knn", "linear", "knn", "", "", "", ""));
    for (Row row : rows.rows()) {
      lines.add(
          line(
              names,
              row.task(),
              number(row.knn()),
              number(row.linear()),
              number(row.untrainedKnn()),
              number(row.untrainedLinear()),
              number(row.rawKnn()),
              number(row.finetuned()),
              number(row.untrainedFinetuned()),
              Long.toString(row.images()),
              Math.round(row.seconds()) + ""));
    }
    lines.add("");
    Setting setting = rows.setting();
    lines.add("train: " + setting.train());
    lines.add("test: " + setting.test());
    lines.add(
        String.format(
            Locale.ROOT,
            "%s minutes of training each, batch %d, %d threads, seed %d",
            setting.minutes(),
            setting.batch(),
            setting.threads(),
            setting.seed()));
    rows.rows().forEach(row -> lines.add(row.task() + ": " + row.encoder()));
    rows.rows().stream()
        .findFirst()
        .ifPresent(
            row ->
                lines.add(
                    String.format(
                        Locale.ROOT,
                        "one standard error is at most %.3f (%d test samples)",
                        Score.standardError(0.5, row.testSamples()),
                        row.testSamples())));
    return String.join("\n", lines);
  }

  private static String number(Double value) {
    return value == null ? "" : String.format(Locale.ROOT, "%.3f", value);
  }

  private static String line(int names, String name, String... cells) {
    StringBuilder line = new StringBuilder(name).append(" ".repeat(names - name.length()));
    for (String cell : cells) {
      line.append(String.format(Locale.ROOT, "  %10s", cell));
    }
    return line.toString().stripTrailing();
  }
}
