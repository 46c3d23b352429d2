package org.selfsup4j.eval;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.module.Parts;

/** What must hold of an encoder and its untrained twin before they are compared. */
final class EncoderPair {

  private EncoderPair() {}

  /**
   * Refuses two encoders of different architectures, and two of equal weights: then the weights
   * were never trained, or never loaded.
   */
  static void requireTrained(ImageEncoder untrained, ImageEncoder pretrained) {
    Parts before = Parts.of(untrained);
    Parts after = Parts.of(pretrained);
    Map<String, String> shapes = shapes(before);
    if (!shapes.equals(shapes(after))) {
      throw new IllegalArgumentException(
          "the untrained encoder ("
              + untrained.getClass().getSimpleName()
              + ", "
              + before.parameterCount()
              + " weights) and the pretrained one ("
              + pretrained.getClass().getSimpleName()
              + ", "
              + after.parameterCount()
              + " weights) differ in "
              + firstDifference(shapes, shapes(after))
              + ": make both with the same options");
    }
    boolean equal =
        before.parameters().entrySet().stream()
            .allMatch(
                entry ->
                    Arrays.equals(
                        entry.getValue().toDoubles(),
                        after.parameters().get(entry.getKey()).toDoubles()));
    if (equal) {
      throw new IllegalArgumentException(
          "the pretrained encoder has the weights of the untrained one, all "
              + after.parameterCount()
              + " of them: load its weights before, or give two encoders");
    }
  }

  private static Map<String, String> shapes(Parts parts) {
    Map<String, String> shapes = new LinkedHashMap<>();
    parts.parameters().forEach((name, parameter) -> shapes.put(name, parameter.shape().toString()));
    return shapes;
  }

  private static String firstDifference(Map<String, String> before, Map<String, String> after) {
    for (Map.Entry<String, String> part : before.entrySet()) {
      String other = after.get(part.getKey());
      if (!part.getValue().equals(other)) {
        return part.getKey() + " (" + part.getValue() + " and " + other + ")";
      }
    }
    Map<String, String> rest = new LinkedHashMap<>(after);
    rest.keySet().removeAll(before.keySet());
    return rest.keySet().iterator().next() + " (only the pretrained one has it)";
  }
}
