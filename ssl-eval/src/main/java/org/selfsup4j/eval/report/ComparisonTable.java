package org.selfsup4j.eval.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.selfsup4j.eval.report.Comparison.Row;

/** Prints a comparison as a table. */
final class ComparisonTable {

  private ComparisonTable() {}

  static String of(Comparison comparison) {
    List<String> lines = new ArrayList<>();
    int names = comparison.rows().stream().mapToInt(row -> row.name().length()).max().orElse(0);
    StringBuilder head = new StringBuilder(" ".repeat(names));
    comparison.columns().forEach(column -> head.append(cell(column)));
    lines.add(head.toString());
    for (Row row : comparison.rows()) {
      StringBuilder line = new StringBuilder(row.name());
      line.append(" ".repeat(names - row.name().length()));
      for (Score score : row.scores()) {
        line.append(
            cell(String.format(Locale.ROOT, "%.3f +- %.3f", score.value(), score.standardError())));
      }
      lines.add(line.toString());
    }
    lines.add("");
    Row last = comparison.rows().get(comparison.rows().size() - 1);
    for (int i = 0; i < comparison.columns().size(); i++) {
      lines.add(comparison.columns().get(i) + ": " + last.scores().get(i).protocol());
    }
    comparison.rows().forEach(row -> lines.add(row.name() + ": " + row.scores().get(0).encoder()));
    Score any = last.scores().get(0);
    lines.add("train: " + any.train());
    lines.add("test: " + any.test());
    any.seed().ifPresent(seed -> lines.add("seed: " + seed));
    lines.add("+- is one standard error");
    remarks(comparison).forEach((about, text) -> lines.add(about + ": " + text));
    return String.join("\n", lines);
  }

  /** What scores have to say, by row and column. */
  static Map<String, String> remarks(Comparison comparison) {
    Map<String, String> remarks = new LinkedHashMap<>();
    for (Row row : comparison.rows()) {
      for (int i = 0; i < row.scores().size(); i++) {
        String text = row.scores().get(i).remarks();
        if (!text.isEmpty()) {
          remarks.put(row.name() + " " + comparison.columns().get(i), text);
        }
      }
    }
    return remarks;
  }

  private static String cell(String text) {
    return String.format(Locale.ROOT, "  %15s", text);
  }
}
