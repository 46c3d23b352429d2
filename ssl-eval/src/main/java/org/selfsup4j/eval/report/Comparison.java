package org.selfsup4j.eval.report;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.selfsup4j.core.format.AtomicFile;

/**
 * The same protocols on several encoders: a table whose rows are encoders and whose columns are
 * protocols.
 *
 * @param columns short names of the protocols: {@code knn}, {@code knn_200}, {@code linear}
 * @param rows with a score for each column
 */
public record Comparison(List<String> columns, List<Row> rows) {

  /**
   * One encoder.
   *
   * @param name short: {@code raw_pixels}, {@code untrained}, {@code pretrained}
   * @param scores in the order of the columns
   */
  public record Row(String name, List<Score> scores) {

    /** Takes a copy of the list. */
    public Row {
      scores = List.copyOf(scores);
    }
  }

  /** Checks that every row fills all columns. */
  public Comparison {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
    if (columns.isEmpty() || rows.isEmpty()) {
      throw new IllegalArgumentException(
          columns.size() + " columns and " + rows.size() + " rows: a table has one of each");
    }
    for (Row row : rows) {
      if (row.scores().size() != columns.size()) {
        throw new IllegalArgumentException(
            "row '" + row.name() + "' has " + row.scores().size() + " scores for " + columns);
      }
    }
  }

  /**
   * The score of one encoder by one protocol.
   *
   * @throws IllegalArgumentException if there is no such row or column
   */
  public Score score(String row, String column) {
    int at = columns.indexOf(column);
    for (Row candidate : rows) {
      if (at >= 0 && candidate.name().equals(row)) {
        return candidate.scores().get(at);
      }
    }
    throw new IllegalArgumentException(
        "no score of '"
            + row
            + "' by '"
            + column
            + "': rows are "
            + rows.stream().map(Row::name).toList()
            + ", columns are "
            + columns);
  }

  /** {@link #toJson(Map)} without further numbers. */
  public String toJson() {
    return toJson(Map.of());
  }

  /**
   * As JSON: an object for each row with its values by column, then what is needed to read them:
   * standard errors, protocols, encoders, data, number of test samples, seed, remarks.
   *
   * @param more numbers of the caller's own that stand at the top level, such as {@code seconds}
   */
  public String toJson(Map<String, Double> more) {
    return ComparisonJson.of(this, more);
  }

  /**
   * Writes {@link #toJson(Map)} to a file, wholly or not at all.
   *
   * @throws java.io.UncheckedIOException if that fails
   */
  public void writeJson(Path file, Map<String, Double> more) {
    byte[] json = toJson(more).getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(json));
  }

  /** The table, aligned, and below it protocols, data and remarks. */
  @Override
  public String toString() {
    return ComparisonTable.of(this);
  }
}
