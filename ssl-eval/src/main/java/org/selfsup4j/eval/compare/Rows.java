package org.selfsup4j.eval.compare;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.selfsup4j.core.format.AtomicFile;
import org.selfsup4j.core.format.CorruptFileException;

/**
 * The finished rows of a comparison, in a file that always holds all of them: a JSON array with an
 * object for each row, whose names are those of {@link Row} in snake case. It is replaced as a
 * whole when a row is added, and read strictly: names are neither missing nor unknown nor twice.
 *
 * @param file where they are
 * @param setting that all of them share
 * @param rows in the order in which they were finished
 */
public record Rows(Path file, Setting setting, List<Row> rows) {

  static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  /** Takes a copy of the list. */
  public Rows {
    rows = List.copyOf(rows);
  }

  /**
   * What {@code file} holds; no rows where it does not exist.
   *
   * @throws IllegalArgumentException if its rows are of another setting
   * @throws CorruptFileException if it is not what {@link #with} writes
   */
  public static Rows open(Path file, Setting setting) {
    if (!Files.exists(file)) {
      return new Rows(file, setting, List.of());
    }
    List<Row> rows = read(file);
    Set<String> tasks = new HashSet<>();
    for (Row row : rows) {
      if (!tasks.add(row.task())) {
        throw damaged(file, "it has two rows of " + row.task(), null);
      }
      setting.requireSame(file, row.sharedSetting());
    }
    return new Rows(file, setting, rows);
  }

  private static List<Row> read(Path file) {
    try {
      Row[] rows = MAPPER.readValue(new String(Files.readAllBytes(file), UTF_8), Row[].class);
      return List.of(rows);
    } catch (JsonProcessingException e) {
      throw damaged(file, e.getOriginalMessage(), e);
    } catch (NullPointerException e) {
      throw damaged(file, "it holds null", e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static CorruptFileException damaged(Path file, String what, Exception cause) {
    return new CorruptFileException(
        file,
        "rows",
        "is not the array of rows that a comparison writes ("
            + what
            + "): move it away and run again; what was trained is only scored again",
        cause);
  }

  /** The row of {@code task}, if it is finished. */
  public Optional<Row> row(String task) {
    return rows.stream().filter(row -> row.task().equals(task)).findFirst();
  }

  /**
   * The same with one more, in the file as well.
   *
   * @throws IllegalArgumentException if it is there already, or of another setting
   * @throws UncheckedIOException if the file can't be written; the old one is then untouched
   */
  public Rows with(Row row) {
    if (row(row.task()).isPresent()) {
      throw new IllegalArgumentException("there is a row of " + row.task() + " already");
    }
    setting.requireSame(file, row.sharedSetting());
    List<Row> more = new ArrayList<>(rows);
    more.add(row);
    AtomicFile.write(
        file,
        out -> {
          out.write(MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(more));
          out.write('\n');
        });
    return new Rows(file, setting, more);
  }

  /** The table, for the eye. */
  @Override
  public String toString() {
    return RowsTable.of(this);
  }
}
