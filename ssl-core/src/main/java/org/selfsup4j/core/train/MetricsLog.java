package org.selfsup4j.core.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.selfsup4j.core.format.CorruptFileException;

/**
 * The numbers of a run, {@code metrics.jsonl}: a text to read by eye, by line or by any tool.
 *
 * <pre>
 * file  = line*
 * line  = JSON object, newline            { "step": whole number, name: value, ... }
 * value = number | "NaN" | "Infinity" | "-Infinity"
 * </pre>
 *
 * Each line is handed to the system whole as it is written; a process killed in the middle leaves
 * at most a torn last line, which readers pass over and the next writer removes. One thread at a
 * time.
 */
public final class MetricsLog implements AutoCloseable {

  /** The optimizer's rate in a run's log. */
  static final String LEARNING_RATE = "learning_rate";

  private static final String STEP = "step";
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final Path file;
  private final FileChannel channel;

  private MetricsLog(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * One line.
   *
   * @param step it was measured at
   * @param values by name, in the order of the file
   */
  public record Line(long step, Map<String, Double> values) {}

  /**
   * Opens a log to be continued, or makes an empty one. A torn last line is removed.
   *
   * @throws CorruptFileException if a line before the last is not what it should be
   * @throws UncheckedIOException if the file cannot be written
   */
  public static MetricsLog open(Path file) {
    try {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        channel.truncate(scan(file, line -> true));
        channel.position(channel.size());
        return new MetricsLog(file, channel);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open " + file + ": " + e.getMessage(), e);
    }
  }

  /** The lines of a log, be it finished, running or killed. */
  public static List<Line> read(Path file) {
    List<Line> lines = new ArrayList<>();
    try {
      scan(file, line -> lines.add(line));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    }
    return lines;
  }

  /**
   * Adds a line.
   *
   * @throws UncheckedIOException if it cannot be written, such as on a full disk; no part of it is
   *     then left
   */
  public void append(long step, Map<String, Double> values) {
    ObjectNode json = MAPPER.createObjectNode().put(STEP, step);
    values.forEach(
        (name, value) -> {
          if (name.equals(STEP)) {
            throw new IllegalArgumentException(
                "a metric cannot be called \"" + STEP + "\": each line has its step under that");
          }
          json.put(name, value);
        });
    try {
      ByteBuffer line =
          ByteBuffer.wrap(
              (MAPPER.writeValueAsString(json) + "\n").getBytes(StandardCharsets.UTF_8));
      long before = channel.position();
      try {
        while (line.hasRemaining()) {
          channel.write(line);
        }
      } catch (IOException e) {
        channel.truncate(before);
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Removes every line from the first one behind {@code step} on: a run that goes on from a
   * checkpoint writes them again.
   */
  public void cutBackTo(long step) {
    try {
      channel.truncate(scan(file, line -> line.step() <= step));
      channel.force(true);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot cut " + file + ": " + e.getMessage(), e);
    }
  }

  /** Makes every line last through a loss of power: before a checkpoint that counts on them. */
  public void sync() {
    try {
      channel.force(true);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  /** Where the log is. */
  public Path file() {
    return file;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close " + file, e);
    }
  }

  /** Sees each whole line; the walk ends where it says false. */
  private interface Visitor {
    boolean visit(Line line);
  }

  /**
   * Walks over the whole lines; returns where the walk ended, before a torn line if there is one.
   */
  private static long scan(Path file, Visitor visitor) throws IOException {
    long start = 0;
    int number = 0;
    JsonProcessingException torn = null;
    int tornNumber = 0;
    long tornStart = 0;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      for (int b = in.read(); b >= 0; b = in.read()) {
        if (b != '\n') {
          bytes.write(b);
          continue;
        }
        number++;
        try {
          Line line = parse(bytes.toByteArray());
          if (torn != null) {
            throw new CorruptFileException(
                file,
                "line " + tornNumber,
                "is not a JSON object with a step: correct or delete it",
                torn);
          }
          if (!visitor.visit(line)) {
            return start;
          }
        } catch (JsonProcessingException e) {
          if (torn == null) {
            torn = e;
            tornNumber = number;
            tornStart = start;
          }
        }
        start += bytes.size() + 1;
        bytes.reset();
      }
    }
    return torn == null ? start : tornStart;
  }

  private static Line parse(byte[] text) throws JsonProcessingException {
    JsonNode json = MAPPER.readTree(new String(text, StandardCharsets.UTF_8));
    if (!json.path(STEP).isIntegralNumber()) {
      throw new NotALine("no step");
    }
    Map<String, Double> values = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      if (!entry.getKey().equals(STEP)) {
        values.put(entry.getKey(), number(entry.getValue()));
      }
    }
    return new Line(json.get(STEP).longValue(), values);
  }

  private static double number(JsonNode value) throws JsonProcessingException {
    if (value.isNumber()) {
      return value.doubleValue();
    }
    return switch (value.asText()) {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> throw new NotALine(value + " is no number");
    };
  }

  /** JSON, but not of a line. */
  private static final class NotALine extends JsonProcessingException {
    private static final long serialVersionUID = 1;

    NotALine(String message) {
      super(message);
    }
  }
}
