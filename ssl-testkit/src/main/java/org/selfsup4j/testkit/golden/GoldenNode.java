package org.selfsup4j.testkit.golden;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/**
 * A place in a golden file: a case, a group of results, a number. What it does not find it names
 * with file and path, so a typing mistake in a test never passes for a value.
 */
public final class GoldenNode {

  private final GoldenFile file;
  private final GoldenNode parent;
  private final String path;
  private final JsonNode json;

  GoldenNode(GoldenFile file, GoldenNode parent, String path, JsonNode json) {
    this.file = file;
    this.parent = parent;
    this.path = path;
    this.json = json;
  }

  /** Where this is in its file, such as {@code cases[3].grad_z1}. */
  public String path() {
    return path;
  }

  /** Whether there is something under {@code key}. */
  public boolean has(String key) {
    return json.has(key);
  }

  /** What stands under {@code key}. */
  public GoldenNode at(String key) {
    JsonNode child = json.get(key);
    if (child == null) {
      throw new IllegalArgumentException(this + " has no \"" + key + "\", it has " + keys());
    }
    return new GoldenNode(file, this, path.isEmpty() ? key : path + "." + key, child);
  }

  /** Element {@code index} of a list. */
  public GoldenNode at(int index) {
    JsonNode child = json.get(index);
    if (child == null) {
      throw new IllegalArgumentException(
          this + " has no element " + index + ": it is " + kind() + " of " + json.size());
    }
    return new GoldenNode(file, this, path + "[" + index + "]", child);
  }

  /** The keys, in the order of the file. */
  public List<String> keys() {
    List<String> keys = new ArrayList<>();
    json.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  /** The elements of a list. */
  public List<GoldenNode> items() {
    expect(json.isArray(), "a list");
    List<GoldenNode> items = new ArrayList<>();
    for (int i = 0; i < json.size(); i++) {
      items.add(at(i));
    }
    return items;
  }

  /** A number. */
  public double number() {
    expect(json.isNumber(), "a number");
    return json.doubleValue();
  }

  /** A whole number. */
  public int integer() {
    expect(json.canConvertToInt() && json.isIntegralNumber(), "a whole number");
    return json.intValue();
  }

  /** A text. */
  public String text() {
    expect(json.isTextual(), "a text");
    return json.textValue();
  }

  /** True or false. */
  public boolean flag() {
    expect(json.isBoolean(), "true or false");
    return json.booleanValue();
  }

  /** The numbers of a list, or of lists in lists, one after the other. */
  public double[] numbers() {
    expect(json.isArray(), "a list of numbers");
    List<Double> numbers = new ArrayList<>();
    collect(json, numbers);
    return numbers.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** The whole numbers of a list, or of lists in lists, one after the other. */
  public long[] integers() {
    double[] numbers = numbers();
    long[] integers = new long[numbers.length];
    for (int i = 0; i < integers.length; i++) {
      integers[i] = (long) numbers[i];
      expect(integers[i] == numbers[i], "a list of whole numbers");
    }
    return integers;
  }

  /** The tensor that this description {@code {"name", "shape", "scale", "base"}} stands for. */
  public Filled filled() {
    String name = at("name").text();
    long[] shape = at("shape").integers();
    double scale = at("scale").number();
    double base = at("base").number();
    return new Filled(
        name,
        shape,
        file.isRounded()
            ? Fill.rounded(name, shape, scale, base)
            : Fill.doubles(name, shape, scale, base));
  }

  /**
   * An input by name: looked up in the list {@code tensors} of this case, or of what encloses it,
   * by its full name or by what follows the last dots ({@code "z1"} for {@code "n2d4t0.5.z1"}).
   */
  public Filled filled(String name) {
    for (GoldenNode node = this; node != null; node = node.parent) {
      if (node.json.path("tensors").isArray()) {
        GoldenNode found = node.find(name);
        if (found != null) {
          return found.filled();
        }
      }
    }
    throw new IllegalArgumentException(this + " describes no tensor \"" + name + "\"");
  }

  /**
   * A stored result: {@code {"shape", "values"}}, {@code {"shape", "sum", "l2", "samples"}}, or a
   * plain list of numbers, whose shape is read off its nesting.
   */
  public GoldenTensor tensor() {
    if (json.isArray()) {
      return GoldenTensor.full(toString(), shapeOf(json), numbers());
    }
    long[] shape = at("shape").integers();
    if (has("values")) {
      return GoldenTensor.full(toString(), shape, at("values").numbers());
    }
    List<GoldenNode> samples = at("samples").items();
    return GoldenTensor.summary(
        toString(),
        shape,
        at("sum").number(),
        at("l2").number(),
        samples.stream().mapToInt(sample -> sample.at(0).integer()).toArray(),
        samples.stream().mapToDouble(sample -> sample.at(1).number()).toArray());
  }

  /**
   * Compares a number that stands alone, such as a loss: it may differ by {@code relative * max(1,
   * |want|)}.
   *
   * @throws AssertionError naming file, path, got and want
   */
  public void assertNumber(double got, Tolerance tolerance) {
    double want = number();
    if (!(Math.abs(got - want) <= tolerance.ofNumber(want))) {
      throw new AssertionError(
          String.format(
              Locale.ROOT,
              "%s: got %.9g, want %.9g, difference %.3g, allowed %.3g",
              this,
              got,
              want,
              Math.abs(got - want),
              tolerance.ofNumber(want)));
    }
  }

  /** File and path. */
  @Override
  public String toString() {
    return path.isEmpty() ? file.name() : file.name() + " " + path;
  }

  private GoldenNode find(String name) {
    GoldenNode found = null;
    for (GoldenNode candidate : at("tensors").items()) {
      String full = candidate.json.path("name").asText();
      if (full.equals(name)) {
        return candidate;
      }
      if (full.endsWith("." + name)) {
        if (found != null) {
          throw new IllegalArgumentException(
              this + " describes several tensors that end in \"" + name + "\": use the full name");
        }
        found = candidate;
      }
    }
    return found;
  }

  private void expect(boolean holds, String what) {
    file.noteReading(path);
    if (!holds) {
      throw new IllegalArgumentException(this + " is " + kind() + ", not " + what);
    }
  }

  private String kind() {
    return json.getNodeType().toString().toLowerCase(Locale.ROOT);
  }

  private void collect(JsonNode node, List<Double> numbers) {
    for (JsonNode element : node) {
      if (element.isArray()) {
        collect(element, numbers);
      } else {
        expect(element.isNumber(), "a list of numbers");
        numbers.add(element.doubleValue());
      }
    }
  }

  private long[] shapeOf(JsonNode list) {
    List<Long> shape = new ArrayList<>();
    for (JsonNode node = list; node != null && node.isArray(); node = first(node)) {
      shape.add((long) node.size());
    }
    return shape.stream().mapToLong(Long::longValue).toArray();
  }

  private static JsonNode first(JsonNode list) {
    Iterator<JsonNode> elements = list.elements();
    return elements.hasNext() ? elements.next() : null;
  }
}
