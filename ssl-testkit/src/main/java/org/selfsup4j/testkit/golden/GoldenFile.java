package org.selfsup4j.testkit.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One topic of reference values. A test class gets it as a parameter, see {@link ReadsGolden}:
 *
 * <pre>{@code
 * @ReadsGolden("nt-xent.json")
 * class NtXentTest {
 *   @Test
 *   void meetsTheReference(GoldenFile file) {
 *     for (GoldenNode example : file.cases("cases")) {
 *       Filled z1 = example.filled("z1");
 *       ...
 *       example.at("loss").assertNumber(loss, Tolerance.DOUBLE);
 *       example.at("grad_z1").tensor().assertMatches(gradient, Tolerance.DOUBLE);
 *     }
 *   }
 * }
 * }</pre>
 */
public final class GoldenFile {

  /** Top-level keys that say what was computed; everything else that is compound is a result. */
  private static final Set<String> DESCRIPTIONS =
      Set.of(
          "tensors",
          "parameters",
          "buffers",
          "input",
          "cotangent",
          "noise",
          "config",
          "float32_error",
          "checkpoint");

  private final String name;
  private final JsonNode json;
  private final Set<String> read = ConcurrentHashMap.newKeySet();

  private GoldenFile(String name, JsonNode json) {
    this.name = name;
    this.json = json;
  }

  /**
   * Opens a file by its name, such as {@code nt-xent.json}.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public static GoldenFile open(String name) {
    try (InputStream in = GoldenFile.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalArgumentException(
            "no golden file \""
                + name
                + "\": the package "
                + GoldenFile.class.getPackageName()
                + " holds those there are");
      }
      return new GoldenFile(name, new ObjectMapper().readTree(in));
    } catch (IOException e) {
      throw new UncheckedIOException("golden file \"" + name + "\" is not readable JSON", e);
    }
  }

  /** The name it was opened by. */
  public String name() {
    return name;
  }

  /** What the values are and by which formulas. */
  public String about() {
    return json.path("about").asText();
  }

  /** Whether inputs were rounded to float32 before the reference computed with them in float64. */
  public boolean isRounded() {
    return json.path("precision").asText().equals("float32");
  }

  /** The whole file. */
  public GoldenNode root() {
    return new GoldenNode(this, null, "", json);
  }

  /** What stands under {@code key}. */
  public GoldenNode at(String key) {
    return root().at(key);
  }

  /** The cases of the list {@code key}, in most files {@code "cases"}. */
  public List<GoldenNode> cases(String key) {
    return at(key).items();
  }

  /**
   * The names of all cases: {@code key[i]} for each object in a list, {@code key} for an object at
   * the top. Descriptions of inputs and settings are no cases.
   */
  public Set<String> caseNames() {
    Set<String> names = new LinkedHashSet<>();
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      JsonNode value = entry.getValue();
      if (DESCRIPTIONS.contains(entry.getKey())) {
        continue;
      }
      if (value.isObject()) {
        names.add(entry.getKey());
      } else if (value.isArray() && value.path(0).isObject()) {
        for (int i = 0; i < value.size(); i++) {
          names.add(entry.getKey() + "[" + i + "]");
        }
      }
    }
    return names;
  }

  /** The names of the cases of which a value has been read from this object. */
  Set<String> readCaseNames() {
    Set<String> names = new LinkedHashSet<>(caseNames());
    names.retainAll(read);
    return names;
  }

  /** Remembers that a value at {@code path} was read. */
  void noteReading(String path) {
    int dot = path.indexOf('.');
    String first = dot < 0 ? path : path.substring(0, dot); // key or key[i] or key[i][j]
    int bracket = first.indexOf('[');
    read.add(bracket < 0 ? first : first.substring(0, bracket));
    read.add(bracket < 0 ? first : first.substring(0, first.indexOf(']') + 1));
  }

  /** The file's name. */
  @Override
  public String toString() {
    return name;
  }
}
