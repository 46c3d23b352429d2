package org.selfsup4j.core.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.selfsup4j.core.LibraryVersion;

/**
 * What a run was asked to do and where: all that is needed to repeat it.
 *
 * @param settings of task, plan and encoder, as they were given
 * @param seed of every random draw
 * @param data what was trained on, in words and counts
 * @param threads that compute; the last bits of a result depend on their number
 * @param kernels what computes, see {@link org.selfsup4j.core.kernel.Kernels#implementation}
 * @param versions of everything whose change may change a number, by name
 */
public record RunDescription(
    ObjectNode settings,
    long seed,
    String data,
    int threads,
    String kernels,
    Map<String, String> versions) {

  /** Copies what could change. */
  public RunDescription {
    if (threads < 1) {
      throw new IllegalArgumentException("threads is " + threads + ": it must be at least 1");
    }
    settings = settings.deepCopy();
    versions = Map.copyOf(versions);
  }

  /** With the versions of this library, of Java and of the system. */
  public static RunDescription of(
      ObjectNode settings, long seed, String data, int threads, String kernels) {
    Map<String, String> versions =
        Map.of(
            "selfsup4j",
            LibraryVersion.current(),
            "java",
            System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
            "system",
            System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    return new RunDescription(settings, seed, data, threads, kernels, versions);
  }

  @Override
  public ObjectNode settings() {
    return settings.deepCopy();
  }

  /**
   * What differs between this description, stored by a run, and the one of now; empty where the run
   * can go on with the same bits.
   *
   * @return one line for each difference, such as {@code threads: 2 in the run, 4 now}
   */
  public List<String> differences(RunDescription now) {
    Map<String, String> stored = flattened(toJson());
    Map<String, String> current = flattened(now.toJson());
    TreeSet<String> names = new TreeSet<>(stored.keySet());
    names.addAll(current.keySet());
    List<String> differences = new ArrayList<>();
    for (String name : names) {
      String then = stored.getOrDefault(name, "nothing");
      String here = current.getOrDefault(name, "nothing");
      if (!then.equals(here)) {
        differences.add(name + ": " + then + " in the run, " + here + " now");
      }
    }
    return differences;
  }

  /** As it stands in {@code run.json}. */
  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("seed", seed).put("data", data).put("threads", threads).put("kernels", kernels);
    ObjectNode list = json.putObject("versions");
    new TreeSet<>(versions.keySet()).forEach(name -> list.put(name, versions.get(name)));
    json.set("settings", settings);
    return json;
  }

  /**
   * The description that {@code json} holds.
   *
   * @throws IllegalArgumentException if something is missing or of another kind
   */
  static RunDescription fromJson(JsonNode json) {
    if (!(json.get("settings") instanceof ObjectNode settings)
        || !(json.get("versions") instanceof ObjectNode versions)
        || !json.path("seed").isIntegralNumber()
        || !json.path("data").isTextual()
        || !json.path("threads").canConvertToInt()
        || !json.path("kernels").isTextual()) {
      throw new IllegalArgumentException(
          "it needs settings, versions, seed, data, threads and kernels");
    }
    Map<String, String> texts = new LinkedHashMap<>();
    versions.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
    return new RunDescription(
        settings,
        json.get("seed").longValue(),
        json.get("data").textValue(),
        json.get("threads").intValue(),
        json.get("kernels").textValue(),
        texts);
  }

  private static Map<String, String> flattened(JsonNode json) {
    Map<String, String> leaves = new LinkedHashMap<>();
    flatten("", json, leaves);
    return leaves;
  }

  private static void flatten(String path, JsonNode json, Map<String, String> leaves) {
    if (json.isObject() && !json.isEmpty()) {
      for (Map.Entry<String, JsonNode> entry : json.properties()) {
        flatten(
            path.isEmpty() ? entry.getKey() : path + "." + entry.getKey(),
            entry.getValue(),
            leaves);
      }
    } else if (!json.isNull()) { // what is not set, and what an older run did not know
      leaves.put(path, json.toString());
    }
  }
}
