package org.selfsup4j.core.module;

import java.util.List;

/** Weights that do not belong to this module; says everything that is wrong at once. */
public final class MismatchedWeightsException extends IllegalArgumentException {

  private static final long serialVersionUID = 1;

  private static final int SHOWN = 8; // of each list; a wholly other network has hundreds

  private final transient List<String> missing;
  private final transient List<String> unexpected;
  private final transient List<String> misshapen;

  /**
   * With a message that shows the first names of each list.
   *
   * @param source where the weights come from, for the message
   * @param missing names that the module has and the weights lack
   * @param unexpected names that the weights have and the module lacks
   * @param misshapen names that both have with different shapes, with both shapes: {@code "a.weight
   *     is [2, 3], expected [3, 2]"}
   */
  public MismatchedWeightsException(
      String source, List<String> missing, List<String> unexpected, List<String> misshapen) {
    super(
        source
            + " does not fit the module, and nothing was loaded:"
            + list("missing", missing)
            + list("unexpected", unexpected)
            + list("misshapen", misshapen)
            + "; build the module with the options that these weights were made with, or give the"
            + " map of names that fits them");
    this.missing = List.copyOf(missing);
    this.unexpected = List.copyOf(unexpected);
    this.misshapen = List.copyOf(misshapen);
  }

  /** Names that the module has and the weights lack. */
  public List<String> missing() {
    return missing;
  }

  /** Names that the weights have and the module lacks. */
  public List<String> unexpected() {
    return unexpected;
  }

  /** Names that both have with different shapes, with both shapes. */
  public List<String> misshapen() {
    return misshapen;
  }

  private static String list(String what, List<String> names) {
    if (names.isEmpty()) {
      return "";
    }
    String shown = String.join(", ", names.subList(0, Math.min(SHOWN, names.size())));
    int rest = names.size() - SHOWN;
    return "\n  "
        + names.size()
        + " "
        + what
        + ": "
        + shown
        + (rest > 0 ? ", " + rest + " more" : "");
  }
}
